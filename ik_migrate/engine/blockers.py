"""Differences that nothing would tell of any more once a call speaks ImageKit 3's words."""

from __future__ import annotations

import ast
from dataclasses import replace

from ik_migrate.engine.registry import codemods
from ik_migrate.imagekit.callability import Verdict, classify
from ik_migrate.imagekit.factory_calls import fields_made_with
from ik_migrate.imagekit.kwargs_dicts import passed_names, seen_entries, with_passed_arguments
from ik_migrate.imagekit.spec_field import SpecField
from ik_migrate.model.change import AddArgument, RenameArgument
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability
from ik_migrate.project.ignore_comments import ignores_of_module
from ik_migrate.project.module import Module, per_module

_STORAGE = "IK105"
_SILENT = frozenset({_STORAGE, "IK304", "IK307"})


def blocks_call(finding: Finding) -> bool:
    """Whether nothing would tell of a finding any more once the rest of its call is ImageKit 3's."""
    return finding.blocks_call or finding.rule.code in _SILENT


def find_blocking(spec: SpecField) -> tuple[Finding, ...]:
    """What needs a person before anything of a field is rewritten, but for what a comment says to ignore."""
    known = _silent_findings(spec.module)
    if spec.call not in known:
        told = [
            reject_repeated_argument(spec, finding)
            for codemod in codemods()
            for finding in (codemod.spec_field or _none)(spec)
        ]
        manual = [finding for finding in told if finding.applicability is Applicability.MANUAL and blocks_call(finding)]
        known[spec.call] = ignores_of_module(spec.module).split(manual)[0]
    return known[spec.call]


@per_module
def _silent_findings(module: Module) -> dict[ast.Call, tuple[Finding, ...]]:
    """What `find_blocking` has found for the calls of a file; added to."""
    return {}


def find_blocking_reason(spec: SpecField) -> str:
    """What a call has to wait for though it is told of in another place; empty where there is no such thing."""
    return "" if spec.is_processed else _unknown_processors(spec) or _storage_of_made_fields(spec)


def _unknown_processors(spec: SpecField) -> str:
    """Processors in a dict, of which it can't be told whether they are a list."""
    values = [(entry.module, entry.value) for entry in seen_entries(spec) if entry.name == "processors"]
    if not any(classify(*value).verdict is Verdict.UNKNOWN for value in values) or with_passed_arguments(spec).is_ik3:
        return ""
    return "whether the processors in a dict that is passed are a callable has to be seen to first (IK109)"


def _storage_of_made_fields(spec: SpecField) -> str:
    """A field that the call makes, and whose source has a storage of its own."""
    is_maker = spec.model is None and not spec.is_ik3
    for made in fields_made_with(spec) if is_maker else ():
        for finding in find_blocking(made):
            if finding.rule.code == _STORAGE:
                return f"{finding.message}, and is made with this call: that has to be seen to first ({_STORAGE})"
    return ""


def _none(spec: SpecField) -> tuple[Finding, ...]:
    return ()


def reject_repeated_argument(spec: SpecField, finding: Finding) -> Finding:
    """The finding; without its rewrite where that gives the call an argument that a dict passes to it already."""
    names = passed_names(spec) if spec.unseen else frozenset()
    for change in finding.changes if names else ():
        name = change.name if isinstance(change, AddArgument) else ""
        name = change.new if isinstance(change, RenameArgument) else name
        if name not in names:
            continue
        value = change.value if isinstance(change, AddArgument) else ()
        code = "".join(piece for piece in value if isinstance(piece, str))
        reason = f"a dict that is passed with ** says {name} already, and it can't be said twice"
        return replace(
            finding.as_manual(f"Not rewritten: {reason}. {finding.why}"),
            help=f"Say {name} in that dict, or nowhere else.",
            suggestion=f"'{name}': {code}" if code else "",
            blocks_call=True,
        )
    return finding
