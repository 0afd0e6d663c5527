"""The files of an instance are no longer deleted with it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.codegen.legacy_field import first_field_of
from ik_migrate.imagekit.run_time_notices import report_at_spec_fields
from ik_migrate.rules import (
    ONE_FIELD,
    ONE_FIELD_AFTER,
    AddImport,
    Applicability,
    CannotGenerate,
    Change,
    Finding,
    Module,
    Rule,
    checks_module,
    make_finding,
    require_support,
    support_of,
)

RULE = Rule(
    code="IK513",
    name="files-left-behind",
    summary="cache files are not deleted with the instance",
    applicability=(Applicability.NOTICE, Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 2 deleted the files of an instance's spec fields when the instance was deleted. ImageKit 3 keeps"
        " them, and the image is still served at its address."
    ),
    help="`--faithful` deletes them.",
    source="post_delete_receiver in imagekit/models/receivers.py of 2.0.4; imagekit/specs/sourcegroups.py of 3.0.4",
    before=ONE_FIELD,
    after=ONE_FIELD_AFTER,
    once_per_project=True,
)

_RECEIVERS = ("remove_all_files", "note_sources", "use_spec_files")
"""The pieces of the support module that follow the instances, with ``--faithful``."""


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Connect the receivers of ``--faithful``, or report what differs without them."""
    yield from _connect_receivers(module)
    yield from report_at_spec_fields(RULE, module, "files stay when their instance is deleted")


def _connect_receivers(module: Module) -> Iterator[Finding]:
    """With ``--faithful``: import the support module, whose receivers follow the instances."""
    found = first_field_of(module) if module.project.faithful else None
    support = support_of(module)
    is_imported = _imports(module, support.dotted)
    if found is None or (is_imported and support.pieces.issuperset(_RECEIVERS)):
        return
    node, label = found
    message = f"{label}: its files follow the instance with the receivers of {support.dotted}"
    todo = f"Import {support.dotted} in this file: its receivers delete the files."
    try:
        changes: list[Change] = [need for name in _RECEIVERS for need in require_support(module, name)]
    except CannotGenerate as error:
        why = f"Not rewritten: {error}. {RULE.why}"
        yield make_finding(RULE, module, node, message, Applicability.MANUAL, why=why, help=todo)
        return
    if not is_imported:
        changes.append(AddImport.of_module(support.dotted, "  # noqa: F401"))
    yield make_finding(RULE, module, node, message, Applicability.SAFE, help=todo, changes=changes)


def _imports(module: Module, dotted: str) -> bool:
    """Whether a file always imports a module, or something of it."""
    for node in module.tree.body:
        if isinstance(node, ast.Import) and dotted in {alias.name for alias in node.names}:
            return True
        if isinstance(node, ast.ImportFrom) and not node.level:
            package = node.module or ""
            if dotted in {package, *(f"{package}.{alias.name}" for alias in node.names)}:
                return True
    return False
