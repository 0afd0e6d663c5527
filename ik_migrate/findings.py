"""What the tool has to say: rules, and the places in a code base that they speak of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ik_migrate.rewriting.edits import Change


class Applicability(str, Enum):
    """What ``apply`` may do about a finding."""

    SAFE = "safe"
    """The rewrite keeps behaviour: written."""
    UNSAFE = "unsafe"
    """Probably right, but can change behaviour in the way the finding names: on request only."""
    MANUAL = "manual"
    """Needs a person."""
    NOTICE = "notice"
    """Nothing to change here, but ImageKit 3 behaves otherwise."""

    def is_written(self, unsafe_fixes: bool) -> bool:
        """Whether ``apply`` makes such rewrites, given whether unsafe ones were asked for."""
        return self is Applicability.SAFE or (unsafe_fixes and self is Applicability.UNSAFE)


@dataclass(frozen=True)
class Rule:
    """One difference between ImageKit 2 and 3, and what is done about it.

    Args:
        code: stable code, ``IK101``.
        name: stable name in words, ``image-field``.
        summary: one line for the table of rules.
        applicability: what its findings can be, the usual one first.
        why: what ImageKit 3 does with the old code, in a few sentences.
        todo: what to do about it.
        source: where the fact can be looked up (ImageKit version and file).
        before: an example as ImageKit 2 wants it.
        after: the same example after ``apply``; equal to ``before`` where a person is needed.
        path: name of the file that the example would stand in.
        once: whether it is said once per project only, at the first place.
    """

    code: str
    name: str
    summary: str
    applicability: tuple[Applicability, ...]
    why: str
    todo: str
    source: str
    before: str
    after: str
    path: str = "models.py"
    once: bool = False


class Place(NamedTuple):
    """Where something stands in the original file: 1-based lines and columns, end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class Finding:
    """One place that a rule speaks of.

    Args:
        rule: the rule.
        path: the file as shown to the user, with forward slashes.
        place: where in the original file.
        message: what was found.
        applicability: what ``apply`` may do about it.
        why: why it matters here; the rule's own reason when empty.
        todo: what to do here; the rule's own advice when empty.
        suggestion: code for a person to write, or empty.
        changes: what ``apply`` would do to the file; empty where a person is needed.
        falls_silent: whether nothing would tell of it any more once the rest of its call is ImageKit 3's.
    """

    rule: Rule
    path: str
    place: Place
    message: str
    applicability: Applicability
    why: str = ""
    todo: str = ""
    suggestion: str = ""
    changes: tuple[Change, ...] = field(default=(), repr=False)
    falls_silent: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        if not self.why:
            object.__setattr__(self, "why", self.rule.why)
        if not self.todo:
            object.__setattr__(self, "todo", self.rule.todo)

    @property
    def is_notice(self) -> bool:
        """Whether there is nothing to do about it."""
        return self.applicability is Applicability.NOTICE

    @property
    def sort_key(self) -> tuple[int, int, str]:
        """Orders the findings of one file by place, then by code."""
        return (self.place.line, self.place.column, self.rule.code)

    def for_a_person(self, reason: str) -> Finding:
        """The same finding without its rewrite, because of ``reason``."""
        return replace(self, applicability=Applicability.MANUAL, why=reason, changes=())
