"""The baseline of one run: read before anything else is done, compared or written when all is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ik_migrate.model.options import Options
from ik_migrate.model.report import Report

if TYPE_CHECKING:
    from ik_migrate.model.baseline_entry import BaselineEntry


class RunBaseline:
    """The baseline of a run, if it has one.

    Args:
        options: the options of the run.
        paths: the files and folders to look at.
        only: the only files to look at among those, absolute; all if not given.
        base: the folder that paths are shown relative to.
        write_to: the file to make the baseline of all that is found, if given.

    Raises:
        BaselineError: when it cannot be read.
    """

    def __init__(
        self,
        options: Options,
        paths: Sequence[Path],
        only: Iterable[Path] | None,
        base: Path,
        write_to: Path | None = None,
    ) -> None:
        self._options, self._paths, self._only, self._base, self._write_to = options, paths, only, base, write_to
        self._file = write_to or options.baseline
        self._entries: tuple[BaselineEntry, ...] = ()
        if self._file is not None and (write_to is None or write_to.is_file()):
            from ik_migrate.baseline.baseline_file import read_baseline

            self._entries = read_baseline(self._file)

    def compared(self, report: Report) -> Report:
        """The report without what is in the baseline; all of it where the baseline is to be written."""
        if self._file is None:
            return report
        from ik_migrate.baseline.baseline_file import compared, judge, write_baseline

        is_judged = judge(self._file, report, self._paths, self._only, self._options, self._base)
        if self._write_to is not None:
            kept = [entry for entry in self._entries if not is_judged(entry)]
            self._entries = write_baseline(self._file, report, kept, self._base)
        return compared(report, self._file, self._entries, self._base, is_judged)
