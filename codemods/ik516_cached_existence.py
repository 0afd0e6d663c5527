"""The existence of a cache file is cached."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.imagekit.run_time_notices import report_at_spec_fields
from ik_migrate.rules import ONE_FIELD, ONE_FIELD_AFTER, Applicability, Finding, Module, Rule, checks_module

RULE = Rule(
    code="IK516",
    name="cached-existence",
    summary="the existence of a cache file is cached",
    applicability=(Applicability.NOTICE,),
    why=(
        "ImageKit 2 asked the storage each time an image was used. ImageKit 3 asks its cache, by default the memory of"
        " the process, by the name of the file: a thumbnail that is removed by another process or by hand is not"
        " generated again, and two files of one name in two storages share one state."
    ),
    help="Share one cache, or add `--faithful`.",
    source="imagekit/imagecache/base.py of 2.0.4; imagekit/cachefiles/backends.py of 3.0.4 to 6.1.1",
    before=ONE_FIELD,
    after=ONE_FIELD_AFTER,
    once_per_project=True,
)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Report it at the first spec field, without ``--faithful``."""
    return report_at_spec_fields(RULE, module, "the existence of files is cached")
