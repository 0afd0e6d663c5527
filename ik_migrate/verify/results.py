"""What the comparison of the two sides of an upgrade says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ik_migrate.verify.behaviours import BehaviourResult
from ik_migrate.verify.image_records import CaseRecord
from ik_migrate.verify.records import Problem
from ik_migrate.verify.snapshot import Snapshot


class Verdict(str, Enum):
    """The result for an image, or for a field: the worst of its images."""

    FAILED_AFTER = "failed after"
    """It was generated before, and cannot be generated now."""
    DIFFERENT = "different"
    """The image, or the way in which it is generated or stored, is different."""
    NAME_CHANGED = "name changed"
    """The image is the same; a name that the project chose has changed."""
    NOT_COMPARED = "not compared"
    """No image was generated on both sides, so nothing is known."""
    NO_SOURCE = "no source"
    """There is no source: it is empty or lost, or is not a field that could get a made-up image."""
    FAILED_BEFORE = "failed before"
    """It could not be generated before either."""
    TOLERATED = "equal within tolerance"
    """It differs by less than versions of Pillow and the JPEG library do among themselves."""
    EQUAL = "equal"
    """No pixel differs."""
    NEW = "new"
    """A field that was not there before."""
    WORKS = "works"
    """Its images are generated; there is nothing to compare them with."""

    @property
    def rank(self) -> int:
        """Orders verdicts, the worst first."""
        return list(Verdict).index(self)


NEEDS_A_PERSON = frozenset({Verdict.FAILED_AFTER, Verdict.DIFFERENT, Verdict.NAME_CHANGED, Verdict.NOT_COMPARED})


@dataclass(frozen=True)
class Difference:
    """One difference.

    Args:
        what: ``size``, ``format``, ``transparency``, ``pixels``, ``options``, ``processors``, ``name``,
            ``address``, ``storage``, ``moment``, ``error``, ``field``.
        before: what it was, in words; may be empty.
        after: what it is.
        verdict: how much it matters.
        rule: the code of the rule that explains it, or empty.
        reason: what ImageKit 3 does differently, or empty if that is not known.
    """

    what: str
    before: str
    after: str
    verdict: Verdict = Verdict.DIFFERENT
    rule: str = ""
    reason: str = ""


@dataclass(frozen=True)
class CaseResult:
    """One image of one field.

    Args:
        case: the row, or the made-up image, that it was generated from.
        verdict: the result.
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
    """One spec field or processed field with all its images.

    Args:
        label: ``app.Model.field``.
        verdict: the worst of its images', and of what differs in the field itself.
        cases: its images.
        differences: what differs in the field itself.
    """

    label: str
    verdict: Verdict
    cases: tuple[CaseResult, ...]
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """The result of ``verify``.

    Args:
        before: the snapshot from before the upgrade; None where there is none to compare with.
        after: the project as it is now.
        fields: its fields, in the order of their labels.
        problems: apps and models that do not load now and did before, each with what explains it.
        behaviours: what happens to files when rows are saved and deleted, then and now. It does not count for the exit
            status: ImageKit 3 behaves differently by design, and ``--faithful`` keeps the old behaviour.
    """

    before: Snapshot | None
    after: Snapshot
    fields: tuple[FieldResult, ...]
    problems: tuple[tuple[Problem, Difference], ...] = ()
    behaviours: tuple[BehaviourResult, ...] = ()

    @property
    def exit_status(self) -> int:
        """0: the same images; 1: something differs or fails; 2: there was nothing to compare."""
        if not self.fields and not self.problems:
            return 2
        return int(bool(self.problems) or any(field.verdict in NEEDS_A_PERSON for field in self.fields))
