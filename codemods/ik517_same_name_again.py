"""A new image with the name of a deleted one shows the old thumbnail."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.imagekit.run_time_notices import report_at_spec_fields
from ik_migrate.rules import ONE_FIELD, ONE_FIELD_AFTER, Applicability, Finding, Module, Rule, checks_module

RULE = Rule(
    code="IK517",
    name="same-name-again",
    summary="a new image with the name of a deleted one shows the old thumbnail",
    applicability=(Applicability.NOTICE,),
    why=(
        "ImageKit 2 deleted the thumbnail when the name of the source changed. ImageKit 3 goes by the name of the"
        " source alone: if an image is deleted and another one is uploaded with its name, the site shows the old"
        " thumbnail."
    ),
    help="Add `--faithful` if the site deletes or overwrites source images.",
    source="post_save_receiver in imagekit/models/receivers.py of 2.0.4; imagekit/specs/sourcegroups.py of 3.0.4",
    before=ONE_FIELD,
    after=ONE_FIELD_AFTER,
    once_per_project=True,
)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Report it at the first spec field, without ``--faithful``."""
    return report_at_spec_fields(RULE, module, "{} can show an outdated image if a source name is used again")
