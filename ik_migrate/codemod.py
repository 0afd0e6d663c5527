"""What a codemod is, and where the codemods are found.

A codemod is one module of ``ik_migrate.codemods`` (``codemods/`` at the top of the repository) with a
``CODEMOD`` of its own: its rules, and the functions that look for what the rules speak of.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from ik_migrate.controls.config_keys import nearest
from ik_migrate.controls.ignore_comments import Ignore
from ik_migrate.files.textfile import TextFile
from ik_migrate.findings import Applicability, Finding, Rule
from ik_migrate.own_codemods import own_codemods
from ik_migrate.resolution.module import Module
from ik_migrate.rewriting.edits import Change
from ik_migrate.specs.spec_field import SpecField

_CODE = re.compile(r"IK[1-9]\d\d")


@dataclass(frozen=True)
class UsedIgnore:
    """A comment that says what to ignore, and what came of it.

    Args:
        ignore: the comment.
        silenced: the codes of the rules whose findings it has silenced.
        is_judged: whether findings of the rules whose codes begin so would all have been seen in this run.
    """

    ignore: Ignore
    silenced: frozenset[str]
    is_judged: Callable[[str], bool]


@dataclass(frozen=True)
class Codemod:
    """The rules for one ImageKit 2 pattern, and how to find it.

    Args:
        rules: what it may report.
        spec_field: looks at one call of a spec field.
        module: looks at one Python file.
        text: looks at one file that is not Python.
        ignores: looks at the comments of one file that say what to ignore, and at what came of them.
    """

    rules: tuple[Rule, ...]
    spec_field: Callable[[SpecField], Iterable[Finding]] | None = None
    module: Callable[[Module], Iterable[Finding]] | None = None
    text: Callable[[TextFile], Iterable[Finding]] | None = None
    ignores: Callable[[Module | TextFile, Iterable[UsedIgnore]], Iterable[Finding]] | None = None


@cache
def codemods() -> tuple[Codemod, ...]:
    """All codemods in the order of their rules' codes, those of other packages last.

    Raises:
        ValueError: when a code is malformed or used twice.
        CodemodError: when one of another package can't be used.
    """
    package = importlib.import_module("ik_migrate.codemods")
    found: list[Codemod] = [
        importlib.import_module(f"{package.__name__}.{info.name}").CODEMOD
        for info in pkgutil.iter_modules(package.__path__)
    ]
    codes = [rule.code for codemod in found for rule in codemod.rules]
    for code in codes:
        if not _CODE.fullmatch(code) or codes.count(code) > 1:
            raise ValueError(f"{code} is malformed or used by two rules")
    found.sort(key=_order)
    return (*found, *sorted(own_codemods(found), key=_order))


def _order(codemod: Codemod) -> str:
    return codemod.rules[0].code


@cache
def rules() -> dict[str, Rule]:
    """All rules by their codes, in order, those of other packages last."""
    found = {rule.code: rule for codemod in codemods() for rule in codemod.rules}
    return dict(sorted(found.items(), key=lambda item: (not _CODE.fullmatch(item[0]), item[0])))


def complaint_about(beginnings: Iterable[str]) -> str:
    """What is wrong with codes of rules, or their beginnings: empty where each begins the code of some rule."""
    for beginning in beginnings:
        if not any(code.startswith(beginning.upper()) for code in rules()):
            by_name = next((code for code, rule in rules().items() if rule.name == beginning.lower()), "")
            hint = f" Did you mean {by_name!r}?" if by_name else nearest(beginning, rules(), 0.75)
            return f"no rule starts with {beginning!r}.{hint} See: ik-migrate rules"
    return ""


def report(
    rule: Rule,
    module: Module,
    node: ast.AST,
    message: str,
    applicability: Applicability,
    *,
    changes: Iterable[Change] = (),
    why: str = "",
    todo: str = "",
    suggestion: str = "",
) -> Finding:
    """A finding about a node of a Python file; see `Finding` for the arguments."""
    place = (module.text.start(node), module.text.end(node))
    return report_range(
        rule, module, place, message, applicability, changes=changes, why=why, todo=todo, suggestion=suggestion
    )


def report_range(
    rule: Rule,
    file: TextFile | Module,
    place: tuple[int, int],
    message: str,
    applicability: Applicability,
    *,
    changes: Iterable[Change] = (),
    why: str = "",
    todo: str = "",
    suggestion: str = "",
) -> Finding:
    """A finding about a range of a file's text, from one offset to another; see `Finding` for the arguments."""
    path, source = (file.path, file.source) if isinstance(file, TextFile) else (file.shown_path, file.text.source)
    return Finding(
        rule=rule,
        path=path,
        place=source.place(*place),
        message=message,
        applicability=applicability,
        why=why,
        todo=todo,
        suggestion=suggestion,
        changes=tuple(changes),
    )
