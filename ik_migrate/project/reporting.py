"""Findings about a place in a file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from ik_migrate.model.change import Change
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.project.facts import ProjectFacts
from ik_migrate.project.module import Module
from ik_migrate.project.text_file import TextFile


def make_finding(
    rule: Rule,
    module: Module,
    node: ast.AST,
    message: str,
    applicability: Applicability,
    *,
    changes: Iterable[Change] = (),
    why: str = "",
    help: str = "",
    suggestion: str = "",
) -> Finding:
    """A finding about a node of a Python file; see `Finding` for the arguments."""
    place = (module.text.start(node), module.text.end(node))
    return make_finding_at(
        rule, module, place, message, applicability, changes=changes, why=why, help=help, suggestion=suggestion
    )


def make_finding_at(
    rule: Rule,
    file: TextFile | Module,
    place: tuple[int, int],
    message: str,
    applicability: Applicability,
    *,
    changes: Iterable[Change] = (),
    why: str = "",
    help: str = "",
    suggestion: str = "",
) -> Finding:
    """A finding about a range of a file's text, from one offset to another; see `Finding` for the arguments."""
    path, source = (file.path, file.source) if isinstance(file, TextFile) else (file.shown_path, file.text.source)
    return Finding(
        rule=rule,
        path=path,
        location=source.locate(*place),
        message=message,
        applicability=applicability,
        why=why,
        help=_without_given_options(help or rule.help, file.project),
        suggestion=suggestion,
        changes=tuple(changes),
    )


def _without_given_options(help: str, project: ProjectFacts) -> str:
    """A help text without the advice to add an option that the run has."""
    for option, is_given in (("--faithful", project.faithful), ("--keep-cache-names", project.keep_cache_names)):
        if is_given:
            help = re.sub(rf",? or add `{option}`[^.]*(?=\.)|\s*Or add `{option}`[^.]*\.", "", help)
    return help
