"""The rehearsal: the project is copied, run under the old version, rewritten in the copy, and run under the new one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ik_migrate import api
from ik_migrate.files.scratch import scratch_folder
from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult, Status
from ik_migrate.rehearse.plan import Plan, Variant
from ik_migrate.rehearse.project_copy import CannotCopy, ProjectCopy, copy_project
from ik_migrate.rehearse.selection import check_apps, select_results, without_results
from ik_migrate.reports.diff import unified_diff
from ik_migrate.verify.comparison import compare
from ik_migrate.verify.results import Comparison
from ik_migrate.verify.runner import ProbeFailed, Request, take_snapshot
from ik_migrate.verify.snapshot import Snapshot

Tell = Callable[[str], None]


@dataclass(frozen=True)
class VariantResult:
    """What came of one variant.

    Args:
        variant: how the project was rewritten.
        report: the rewrites that are the result, as ``apply --diff`` reports them.
        elsewhere: the rewrites in the other parts of the project; None where the whole project is rewritten.
        comparison: the images before and after; None where they were not compared.
        failure: why not, with what the interpreter printed; None where they were, or there is no new interpreter.
    """

    variant: Variant
    report: Report
    elsewhere: Report | None = None
    comparison: Comparison | None = None
    failure: ProbeFailed | None = None

    @property
    def diff(self) -> bytes:
        """The rewrites as a unified diff."""
        return b"".join(map(unified_diff, self.report.results))

    @property
    def exit_status(self) -> int:
        """As that of ``verify``: 0 the same images; 1 something differs, fails or was not compared; 2 no result."""
        if self.failure is not None or self.report.failed:
            return 2
        if self.comparison is None or not self.has_images:
            return 1
        return self.comparison.exit_status

    @property
    def has_images(self) -> bool:
        """Whether any image was generated before: else nothing is known."""
        before = self.comparison.before if self.comparison is not None else None
        return before is not None and any(record.image is not None for _, _, record in before.each_case())


@dataclass(frozen=True)
class Rehearsal:
    """What came of all variants.

    Args:
        plan: what was rehearsed.
        before: the project as it is, under the old version.
        results: one for each variant.
        notes: what else there is to know about the copy, in sentences.
    """

    plan: Plan
    before: Snapshot
    results: tuple[VariantResult, ...]
    notes: tuple[str, ...] = ()


def rehearse(plan: Plan, variants: Sequence[Variant], tell: Tell = lambda message: None) -> Rehearsal:
    """Rehearse the upgrade of a project, which is only read.

    Args:
        plan: what to rehearse.
        variants: the ways to rewrite it.
        tell: called with what is being done.

    Raises:
        ProbeFailed: when the project does not run under the old version.
        CannotCopy: when the project cannot be copied, or changes meanwhile.
        IkMigrateError: when it cannot be rewritten.
    """
    tell("searching")
    reports = [replace(api.scan([plan.root], variant.options, base=plan.base), command="diff") for variant in variants]
    check_apps(plan.apps, reports[0])
    with scratch_folder() as scratch:
        tell("copying the project")
        copy = copy_project(plan.root, scratch)
        request = _request(plan, copy)
        before = take_snapshot(request, lambda message: tell(f"old: {message}"))
        after = None
        if plan.new is not None:
            after = replace(request, python=plan.new, rows=before.chosen_rows())
        runs = _Runs(plan, copy, before, after, tell)
        results = tuple(_result(plan, variant, report, runs) for variant, report in zip(variants, reports, strict=True))
    return Rehearsal(plan, before, results, tuple(_notes(copy)))


def _request(plan: Plan, copy: ProjectCopy) -> Request:
    inside = [Path(os.path.abspath(plan.folder / path)) for path in plan.python_paths]
    return Request(
        plan.old,
        copy.of(plan.folder),
        plan.settings,
        [str(path) for path in inside],
        sample=plan.sample,
        synthetic=plan.synthetic,
        time_limit=plan.time_limit,
        images=plan.images,
        behaviours=plan.behaviours,
        copied_from=(copy.prefix, plan.root),
    )


def _result(plan: Plan, variant: Variant, whole: Report, runs: _Runs) -> VariantResult:
    result = VariantResult(variant, whole)
    if plan.is_partial:
        own = select_results(whole, plan.paths, plan.apps, plan.base)
        result = VariantResult(variant, own, without_results(whole, own))
    outcome = runs.compare(variant, whole)
    if isinstance(outcome, ProbeFailed):
        return replace(result, failure=outcome)
    return replace(result, comparison=outcome)


class _Runs:
    """Runs the rewritten site, once for variants whose code is the same.

    Args:
        plan: what is rehearsed.
        copy: the copy of the project.
        before: the site under the old version.
        request: how to run it under the new one; None where there is none.
        tell: called with what is being done.
    """

    def __init__(self, plan: Plan, copy: ProjectCopy, before: Snapshot, request: Request | None, tell: Tell) -> None:
        self._plan = plan
        self._copy = copy
        self._before = before
        self._request = request
        self._tell = tell
        self._known: dict[frozenset[tuple[str, bytes]], Comparison | ProbeFailed] = {}

    def compare(self, variant: Variant, report: Report) -> Comparison | ProbeFailed | None:
        """Return how the rewritten site compares, or why it does not run; None without a new version.

        Raises:
            CannotCopy: when the copy does not hold what was rewritten.
        """
        changed = [each for each in report.results if each.status is Status.CHANGED]
        # Requirements, scripts and templates have no part in what is compared.
        code = frozenset((each.path, each.after) for each in changed if each.path.endswith(".py"))
        if code not in self._known:
            with _rewritten(self._plan, changed, self._copy):
                if self._request is None:
                    return None
                self._known[code] = self._run(variant, self._request)
        return self._known[code]

    def _run(self, variant: Variant, request: Request) -> Comparison | ProbeFailed:
        try:
            after = take_snapshot(request, lambda message: self._tell(f"new, {variant.name}: {message}"))
        except ProbeFailed as failure:
            return failure
        return compare(self._before, after)


@contextmanager
def _rewritten(plan: Plan, changed: Sequence[FileResult], copy: ProjectCopy) -> Iterator[None]:
    """Rewrite files in the copy, and restore them.

    Raises:
        CannotCopy: when the copy does not hold what was rewritten.
    """
    written: list[tuple[Path, FileResult]] = []
    try:
        for result in changed:
            path = _place(plan, result, copy)
            written.append((path, result))
            path.write_bytes(result.after)
        yield
    finally:
        for path, result in written:
            if result.is_new:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(result.before)


def _place(plan: Plan, result: FileResult, copy: ProjectCopy) -> Path:
    """Return the copy of a file that is to be rewritten, which holds what the file held.

    Raises:
        CannotCopy: when it does not.
    """
    source = plan.base / result.path
    if result.is_new:
        return copy.of(Path(os.path.realpath(source.parent))) / source.name
    path = copy.of(Path(os.path.abspath(source)))
    if not os.path.realpath(path).startswith(os.path.join(copy.folder, "")) or not path.is_file():
        raise CannotCopy(f"cannot rehearse {result.path}: it is not in the copy of {plan.root}. Exclude it.")
    if path.read_bytes() != result.before:
        raise CannotCopy(f"{result.path} was changed while it was being copied. Run it again.")
    return path


def _notes(copy: ProjectCopy) -> Iterator[str]:
    if copy.lent:
        yield f"{copy.lent} large files were not copied, but read from the project when the site opened them."
    if copy.unreadable:
        named = ", ".join(copy.unreadable[:3]) + (" and others" if len(copy.unreadable) > 3 else "")
        yield f"could not be read, so not copied: {named}."
