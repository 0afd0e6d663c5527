"""A rule: one difference between ImageKit 2 and 3, and what a finding about it may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ik_migrate.model.symptom import Symptom


class Applicability(str, Enum):
    """What ``apply`` may do about a finding."""

    SAFE = "safe"
    """The rewrite keeps behaviour: written."""
    UNSAFE = "unsafe"
    """Probably right, but can change behaviour as the finding says: applied on request only."""
    MANUAL = "manual"
    """Needs manual review."""
    NOTICE = "notice"
    """Nothing to change here, but ImageKit 3 behaves differently."""

    def is_written(self, unsafe_fixes: bool) -> bool:
        """Whether ``apply`` makes such rewrites, given whether unsafe ones are enabled."""
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
        help: what to do about it.
        source: where the fact can be looked up (ImageKit version and file).
        before: an example as ImageKit 2 wants it.
        after: the same example after ``apply``; equal to ``before`` if it needs manual review.
        path: name of the file that the example would stand in.
        option: the option of ``apply`` that the example is rewritten with; empty where it needs none.
        blocks_call: whether a manual finding holds the whole call of the spec field that it is about.
        is_part_of_class: whether a spec class needs its rewrite even where the rule is not enabled.
        once_per_project: whether it is reported once per project only, at the first place.
        symptoms: how ``verify`` recognises that a difference comes from it.
    """

    code: str
    name: str
    summary: str
    applicability: tuple[Applicability, ...]
    why: str
    help: str
    source: str
    before: str
    after: str
    path: str = "models.py"
    option: str = ""
    once_per_project: bool = False
    blocks_call: bool = False
    is_part_of_class: bool = False
    symptoms: tuple[Symptom, ...] = ()
