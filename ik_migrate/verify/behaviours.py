"""Compare what happens to the files of spec fields when rows are saved and deleted, before and after the upgrade.

The probe (``behaviour_probe.py``) runs the checks and reports an outcome for each field and check, in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

CHECKS = {
    "replaced": "same name uploaded again",
    "deleted": "row deleted",
    "recreated": "deleted and created again",
    "removed": "file removed by hand",
    "lost": "original lost",
}
"""The checks, in the order of reports, and what happens in each."""
NOT_CHECKED = "not checked: "
"""How an outcome begins that says why there is none."""

_NEW = "the new image"
_OUTDATED = "the old image"
_BAD = ("the old image", "no file", "no URL", "the page raises an exception", "the file stays")


class Kept(str, Enum):
    """How the outcomes of a check compare."""

    SAME = "same"
    BETTER = "better"
    """The outcome before was a fault, and the outcome now is not."""
    DIFFERENT = "different"
    UNKNOWN = "not compared"


@dataclass(frozen=True)
class BehaviourResult:
    """One check of one field.

    Args:
        label: of the field.
        check: a key of `CHECKS`.
        before: what happened before the upgrade.
        after: what happens now.
        kept: how the two compare.
    """

    label: str
    check: str
    before: str
    after: str
    kept: Kept


def compare_behaviours(
    before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> tuple[BehaviourResult, ...]:
    """Compare what happened in each check, by field; skip checks that one side does not have."""
    return tuple(
        BehaviourResult(label, check, before[label][check], after[label][check], _kept(*pair))
        for label in sorted(before.keys() & after.keys())
        for check in CHECKS
        if (pair := (before[label].get(check), after[label].get(check))) and None not in pair
    )


def _kept(before: str | None, after: str | None) -> Kept:
    if before is None or after is None or NOT_CHECKED in (before[: len(NOT_CHECKED)], after[: len(NOT_CHECKED)]):
        return Kept.UNKNOWN
    if before == after:
        return Kept.SAME
    if _is_bad(before) and not _is_bad(after):
        return Kept.BETTER
    return Kept.DIFFERENT


def _is_bad(outcome: str) -> bool:
    return outcome in _BAD or outcome.endswith("is raised")


@dataclass(frozen=True)
class BehaviourGroup:
    """All fields for which a check has the same two outcomes."""

    check: str
    before: str
    after: str
    kept: Kept
    labels: tuple[str, ...]

    @property
    def title(self) -> str:
        """What happens in the check."""
        return CHECKS[self.check]


def group_behaviours(results: tuple[BehaviourResult, ...]) -> list[BehaviourGroup]:
    """Put results that are alike together, in the order of `CHECKS`, what differs first in each."""
    found: dict[tuple[str, str, str, Kept], list[str]] = {}
    for result in results:
        found.setdefault((result.check, result.before, result.after, result.kept), []).append(result.label)
    groups = [BehaviourGroup(*key, tuple(labels)) for key, labels in found.items()]
    return sorted(groups, key=lambda group: (list(CHECKS).index(group.check), group.kept is not Kept.DIFFERENT))
