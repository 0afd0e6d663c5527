"""What the comparison of the two sides of an upgrade says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ik_migrate.verify.behaviours import BehaviourResult
from ik_migrate.verify.image_records import CaseRecord
from ik_migrate.verify.records import Problem
from ik_migrate.verify.snapshot import Snapshot


class Verdict(str, Enum):
    """What became of a picture, or of a field with all its pictures: the worst of them."""

    FAILED_AFTER = "failed after"
    """It was made before, and can't be made now."""
    DIFFERENT = "different"
    """It is another picture, or is made, kept or saved in another way."""
    NAME_CHANGED = "name changed"
    """The picture is the same; its name was the project's own, and is another one now."""
    NOT_COMPARED = "not compared"
    """There is no picture of it on both sides, so nothing is known."""
    NO_SOURCE = "no source"
    """There is nothing to make it from: its source is empty, lost, or no field that a picture could be lent to."""
    FAILED_BEFORE = "failed before"
    """It could not be made before either."""
    TOLERATED = "equal within tolerance"
    """It differs by less than versions of Pillow and the JPEG library do among themselves."""
    EQUAL = "equal"
    """No pixel differs."""
    NEW = "new"
    """A field that was not there before."""
    WORKS = "works"
    """Its pictures are made; there is nothing to compare them with."""

    @property
    def rank(self) -> int:
        """Orders verdicts, the worst first."""
        return list(Verdict).index(self)


NEEDS_A_PERSON = frozenset({Verdict.FAILED_AFTER, Verdict.DIFFERENT, Verdict.NAME_CHANGED, Verdict.NOT_COMPARED})


@dataclass(frozen=True)
class Difference:
    """One thing that is not what it was.

    Args:
        what: ``size``, ``format``, ``transparency``, ``pixels``, ``options``, ``processors``, ``name``,
            ``address``, ``storage``, ``moment``, ``error``, ``field``.
        before: what it was, in words; empty where that says nothing.
        after: what it is.
        verdict: how much it matters.
        rule: the code of the rule that explains it, or empty.
        reason: what ImageKit 3 does otherwise, or empty where that is not known.
    """

    what: str
    before: str
    after: str
    verdict: Verdict = Verdict.DIFFERENT
    rule: str = ""
    reason: str = ""


@dataclass(frozen=True)
class CaseResult:
    """One picture of one field.

    Args:
        case: the row, or the made-up picture, that it was made from.
        verdict: what became of it.
        differences: what differs, those that are tolerated included.
        before: what was recorded before; None where there is nothing to compare with.
        after: what was recorded now.
        reason: why it could not be compared, or empty.
    """

    case: str
    verdict: Verdict
    differences: tuple[Difference, ...]
    before: CaseRecord | None
    after: CaseRecord
    reason: str = ""


@dataclass(frozen=True)
class FieldResult:
    """One spec field or processed field with all its pictures.

    Args:
        label: ``app.Model.field``.
        verdict: the worst of its pictures', and of what differs in the field itself.
        cases: its pictures.
        differences: what differs in the field itself.
    """

    label: str
    verdict: Verdict
    cases: tuple[CaseResult, ...]
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """All that ``verify`` has to say.

    Args:
        before: the snapshot from before the upgrade; None where there is none to compare with.
        after: the project as it is now.
        fields: its fields, in the order of their labels.
        problems: apps and models that do not load now and did before, each with what explains it.
        behaviours: what happens to files when rows are saved and deleted, then and now. It does not count for the exit
            status: ImageKit 3 behaves differently by design, and ``--faithful`` is there for who wants the old.
    """

    before: Snapshot | None
    after: Snapshot
    fields: tuple[FieldResult, ...]
    problems: tuple[tuple[Problem, Difference], ...] = ()
    behaviours: tuple[BehaviourResult, ...] = ()

    @property
    def exit_status(self) -> int:
        """0: the same pictures; 1: something differs or fails; 2: there was nothing to look at."""
        if not self.fields and not self.problems:
            return 2
        return int(bool(self.problems) or any(field.verdict in NEEDS_A_PERSON for field in self.fields))
