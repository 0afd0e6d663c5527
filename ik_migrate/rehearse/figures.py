"""The numbers of a rehearsal: images kept, images to be generated again, size of the diff, work that is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ik_migrate.model.finding import Finding
from ik_migrate.model.report import Report
from ik_migrate.model.result import Status
from ik_migrate.rehearse.rehearsal import VariantResult
from ik_migrate.reports.next_action import NextAction, work_of
from ik_migrate.verify.behaviours import Kept
from ik_migrate.verify.results import NEEDS_A_PERSON, CaseResult, Comparison, FieldResult, Verdict
from ik_migrate.verify.snapshot import Snapshot

_VISIBLE = frozenset(
    {"size", "format", "options", "transparency", "orientation", "animation", "colour profile", "pixels"}
)
"""The differences that are in the file of an image."""


@dataclass(frozen=True)
class Figures:
    """The numbers of one variant.

    Args:
        images: how many images were compared.
        kept: how many of them are the same, or equal within tolerance.
        regenerated: how many images of the site get a new name, and are generated again.
        checked: how many checks of files and rows were compared, a check of one field each.
        differing: how many of them have another outcome, and not a better one.
        files: how many files are rewritten.
        added: lines.
        removed: lines.
        manual: findings that need manual review.
        unsafe: findings whose rewrite was not requested.
    """

    images: int
    kept: int
    regenerated: int
    checked: int
    differing: int
    files: int
    added: int
    removed: int
    manual: int
    unsafe: int


def figures(result: VariantResult) -> Figures:
    """Count what a variant came to."""
    comparison = result.comparison
    looks = Counter(_looks_alike(case) for field in _fields(comparison) for case in field.cases)
    kept = looks[True]
    missing = looks[False] + _lost_cases(comparison)
    behaviours = Counter(each.kept for each in comparison.behaviours) if comparison else Counter()
    work = Counter(kind for _, kind in each_finding(result.report))
    lines = [line[:1] for line in result.diff.split(b"\n") if not line.startswith((b"+++ ", b"--- "))]
    return Figures(
        images=kept + missing,
        kept=kept,
        regenerated=regenerated(comparison) if comparison else 0,
        checked=sum(number for kept_as, number in behaviours.items() if kept_as is not Kept.UNKNOWN),
        differing=behaviours[Kept.DIFFERENT],
        files=sum(1 for each in result.report.results if each.status is Status.CHANGED),
        added=lines.count(b"+"),
        removed=lines.count(b"-"),
        manual=work[NextAction.MANUAL],
        unsafe=work[NextAction.UNSAFE],
    )


def each_finding(report: Report) -> Iterator[tuple[Finding, NextAction]]:
    """Yield each finding with what is left to do about it."""
    for result in report.results:
        for finding in result.findings:
            yield finding, work_of(finding, result, report)


def differing_fields(comparison: Comparison) -> list[FieldResult]:
    """Return the fields that are not as before, the worst first."""
    found = [field for field in comparison.fields if field.verdict in NEEDS_A_PERSON]
    return sorted(found, key=lambda field: (field.verdict.rank, field.label))


def _looks_alike(case: CaseResult) -> bool | None:
    """Whether an image is the same as before, even if its field is not; None where it was not compared."""
    if case.verdict in {Verdict.NOT_COMPARED, Verdict.NO_SOURCE, Verdict.FAILED_BEFORE}:
        return None
    if case.verdict is Verdict.FAILED_AFTER:
        return False
    return not any(each.verdict is Verdict.DIFFERENT and each.what in _VISIBLE for each in case.differences)


def _fields(comparison: Comparison | None) -> tuple[FieldResult, ...]:
    return comparison.fields if comparison is not None else ()


def _lost_cases(comparison: Comparison | None) -> int:
    """Count the images of fields that are not there any more: these have no cases now."""
    if comparison is None or comparison.before is None:
        return 0
    gone = [field.label for field in comparison.fields if field.verdict is Verdict.FAILED_AFTER and not field.cases]
    return sum(1 for label in gone for record in comparison.before.cases(label).values() if record.image is not None)


def regenerated(comparison: Comparison) -> int:
    """Count the images of the whole site whose files get new names: as many as rows for each field with such a name."""
    if comparison.before is None:
        return 0
    total = 0
    for field in comparison.fields:
        pairs = [(case.before, case.after) for case in field.cases if case.before is not None]
        if any(before.name and after.name and before.name != after.name for before, after in pairs):
            total += _rows(comparison.before, field.label)
    return total


def _rows(snapshot: Snapshot, label: str) -> int:
    """Count the rows that have an image for a field, which may be made from another one."""
    model, _, name = label.rpartition(".")
    for _ in range(10):
        spec = snapshot.specs.get(f"{model}.{name}")
        if spec is None or spec.kind != "spec" or not spec.source:
            break
        name = spec.source
    totals = {(rows.model, rows.field): rows.total for rows in snapshot.rows}
    return totals.get((model, name)) or 0
