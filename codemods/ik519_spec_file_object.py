"""A spec field returns an object of another class."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.imagekit.run_time_notices import report_at_spec_fields
from ik_migrate.rules import ONE_FIELD, ONE_FIELD_AFTER, Applicability, Finding, Module, Rule, checks_module

RULE = Rule(
    code="IK519",
    name="spec-file-object",
    summary="a spec file is an instance of another class",
    applicability=(Applicability.NOTICE,),
    why=(
        "ImageKit 2 had Django's `ImageFieldFile`. ImageKit 3 has `ImageCacheFile`: its truth value generates the"
        " image; it is equal to itself alone; an empty one has `/media/` as its `url`; `attname`, `instance` and"
        " `source_file` were removed; reading it right after it was generated can raise `ValueError`; below 5.0, `size`"
        " and `len()` raise."
    ),
    help="Check code that uses more than `url`, or add `--faithful`.",
    source="ImageSpecFieldFile of 2.0.4; imagekit/cachefiles/__init__.py of 3.0.4 to 6.1.1",
    before=ONE_FIELD,
    after=ONE_FIELD_AFTER,
    once_per_project=True,
)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Report it at the first spec field, without ``--faithful``."""
    return report_at_spec_fields(RULE, module, "{} returns an `ImageCacheFile` instead of an `ImageFieldFile`")
