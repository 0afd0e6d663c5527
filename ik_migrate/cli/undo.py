"""How to undo a rewrite in a work tree that held uncommitted changes before it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ik_migrate.files.work_tree import GitError, Uncommitted, top_of, tracked, uncommitted
from ik_migrate.model.report import Report
from ik_migrate.model.result import Status
from ik_migrate.reports.escape import escape


class Undo:
    """Looks at the work tree before files are written, and says afterwards how to have them back.

    Args:
        backup: what the names of backups have more than those of the files; empty where there are none.
    """

    def __init__(self, backup: str) -> None:
        self._backup = backup
        self._before = Uncommitted()
        self._tracked: set[Path] = set()

    def look(self, report: Report) -> None:
        """Note what is not committed; a `before_writing` of `api.apply`."""
        in_git = [path for path in map(Path, _written(report)) if top_of(path) is not None]
        with suppress(GitError):
            # Where git fails, it can't undo anything either.
            self._before, self._tracked = uncommitted(in_git), tracked(in_git)

    def advice(self, report: Report) -> list[str]:
        """Lines for the user, commands among them; none where git alone tells how to undo.

        Args:
            report: what was written; its paths are relative to the current folder.
        """
        if not self._before.files:
            return []
        real = {path: Path(os.path.realpath(path)) for path in _written(report)}
        known = [path for path in real if real[path] in self._tracked]
        mixed = [path for path in known if real[path] in self._before.unstaged]
        unknown = [path for path in real if path not in known]
        lines = ["There were uncommitted changes before this run, so take care to undo only the rewrite:"]
        lines += _checkout("checkout", [path for path in known if path not in mixed])
        if self._backup:
            return lines + [f"  mv -- {_quoted([path + self._backup, path])}" for path in [*mixed, *unknown]]
        if mixed:
            lines += _checkout("checkout -p", mixed)
            lines += [
                "  (holds changes of yours too: answer y for each piece of the rewrite, n for your own, s to split)"
            ]
        if unknown:
            lines += ["Git does not know these files, and can't bring them back. Next time: git add, or --backup .bak"]
            lines += [f"  {_quoted(unknown)}"]
        return lines


def _written(report: Report) -> list[str]:
    return [result.path for result in report.results if result.status is Status.CHANGED]


def _checkout(command: str, paths: Sequence[str]) -> list[str]:
    """Commands of git for files, that work in the current folder even if their work tree is another."""
    here = top_of(Path())
    by_top: dict[Path | None, list[str]] = {}
    for path in paths:
        by_top.setdefault(top_of(Path(path)), []).append(path)
    commands = []
    for top, files in by_top.items():
        git = "git"
        if top is not None and top != here:
            git = f"git -C {_quoted([os.path.relpath(top)])}"
            files = [os.path.relpath(os.path.realpath(path), top) for path in files]
        commands.append(f"  {git} {command} -- {_quoted(files)}")
    return commands


def _quoted(paths: Sequence[str]) -> str:
    """The paths as a shell takes them; a name that could take the terminal over is shown with escapes instead."""
    return " ".join(escape(shlex.quote(path)) for path in paths)
