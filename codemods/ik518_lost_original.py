"""The ``url`` of an image whose original is lost raises an exception."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.imagekit.run_time_notices import report_at_spec_fields
from ik_migrate.rules import ONE_FIELD, ONE_FIELD_AFTER, Applicability, Finding, Module, Rule, checks_module

RULE = Rule(
    code="IK518",
    name="lost-original",
    summary="the `url` of an image whose original is lost raises an exception",
    applicability=(Applicability.NOTICE,),
    why=(
        "ImageKit 2 gave the address of a thumbnail whether its original still existed or not. ImageKit 3 raises"
        " `IOError` when it cannot generate the file, and so does the page. It remembers the attempt: from then on it"
        " gives an address where there is no file, even when the original is back or repaired."
    ),
    help="Find rows without their original, or add `--faithful --keep-cache-names`.",
    source="SpecFileGenerator.generate_file in imagekit/generators.py of 2.0.4; imagekit/specs/__init__.py of 3.0.4",
    before=ONE_FIELD,
    after=ONE_FIELD_AFTER,
    once_per_project=True,
)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Report it at the first spec field, without ``--faithful``."""
    return report_at_spec_fields(RULE, module, "{} raises an exception if its original is lost")
