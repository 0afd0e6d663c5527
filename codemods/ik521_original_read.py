"""Generating a file reads or closes the file object of the original."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.imagekit.run_time_notices import report_at_spec_fields
from ik_migrate.rules import ONE_FIELD, ONE_FIELD_AFTER, Applicability, Finding, Module, Rule, checks_module

RULE = Rule(
    code="IK521",
    name="original-read",
    summary="generating a file reads or closes the file object of the original",
    applicability=(Applicability.NOTICE,),
    why=(
        "ImageKit 2 opened the original again for each file. ImageKit 3 reads the file object that the instance has."
        " Right after the first access to a new thumbnail, `photo.original.read()` returns nothing under 3.0 and raises"
        " `ValueError` from 3.3 on. A second thumbnail raises it too if the storage opens files that have no path. An"
        " upload that is not saved, as in a form with errors, becomes a thumbnail as well."
    ),
    help="Call `open()` of the original before you read it, or add `--faithful`.",
    source="SpecFileGenerator.generate_file in imagekit/generators.py of 2.0.4; ImageSpec.generate of 3.0.4 to 6.1.1",
    before=ONE_FIELD,
    after=ONE_FIELD_AFTER,
    once_per_project=True,
)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Report it at the first spec field, without ``--faithful``."""
    return report_at_spec_fields(RULE, module, "{} reads or closes the file object of its original")
