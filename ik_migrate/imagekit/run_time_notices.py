"""What differs when the site runs, whatever its code says: reported at the spec fields."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.imagekit.spec_field import spec_fields
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.project.module import Module
from ik_migrate.project.reporting import make_finding


def report_at_spec_fields(rule: Rule, module: Module, message: str) -> Iterator[Finding]:
    """Yield a notice at each spec field of ImageKit 2, unless ``--faithful`` keeps the behaviour.

    Args:
        rule: the rule, which is reported once per project.
        module: the file.
        message: what differs; ``{}`` stands for the field.
    """
    if module.project.faithful or not module.project.has_ik2_code:
        return
    for spec in spec_fields(module):
        if not spec.is_processed and not spec.is_ik3:
            yield make_finding(rule, module, spec.call, message.format(spec.label), Applicability.NOTICE)
