"""What the author of a rule imports."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from ik_migrate.imagekit.spec_field import SpecField
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Rule
from ik_migrate.project.ignore_comments import Ignore
from ik_migrate.project.module import Module
from ik_migrate.project.text_file import TextFile


@dataclass(frozen=True)
class UsedIgnore:
    """A comment that says what to ignore, and what came of it.

    Args:
        ignore: the comment.
        silenced: the codes of the rules whose findings it has silenced.
        complaint_about: returns what is wrong with a code in the comment; empty where some rule starts with it.
        is_judged: whether findings of the rules whose codes begin so would all have been seen in this run.
    """

    ignore: Ignore
    silenced: frozenset[str]
    complaint_about: Callable[[str], str]
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
        leftovers: looks at one file once all others have, and at what they have found.
    """

    rules: tuple[Rule, ...]
    spec_field: Callable[[SpecField], Iterable[Finding]] | None = None
    module: Callable[[Module], Iterable[Finding]] | None = None
    text: Callable[[TextFile], Iterable[Finding]] | None = None
    ignores: Callable[[Module | TextFile, Iterable[UsedIgnore]], Iterable[Finding]] | None = None
    leftovers: Callable[[Module | TextFile, Collection[Finding]], Iterable[Finding]] | None = None
