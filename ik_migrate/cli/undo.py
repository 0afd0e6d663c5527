"""How to undo a rewrite in a work tree that held uncommitted changes before it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from ik_migrate.findings import Report, Status
from ik_migrate.work_tree import GitError, Uncommitted, top_of, uncommitted


class Undo:
    """Looks at the work tree before files are written, and says afterwards how to have them back.

    Args:
        paths: what is rewritten.
        backup: what the names of backups have more than those of the files; empty where there are none.
    """

    def __init__(self, paths: Sequence[Path], backup: str) -> None:
        self._paths = [path for path in paths if path.exists()]
        self._backup = backup
        self._before = Uncommitted()

    def look(self, report: Report) -> None:
        """Note what is not committed; a `before_writing` of `api.apply`."""
        if any(result.status is Status.CHANGED for result in report.results):
            try:
                self._before = uncommitted(self._paths)
            except GitError:
                # Without git there is nothing to compare with, and nothing to undo with.
                self._before = Uncommitted()

    def advice(self, report: Report) -> list[str]:
        """Lines for the user, commands among them; none where git alone tells how to undo.

        Args:
            report: what was written; its paths are relative to the current folder.
        """
        written = [result.path for result in report.results if result.status is Status.CHANGED]
        if not written or not self._before.files:
            return []
        kept = [path for path in written if self._before.can_bring_back(Path(path))]
        mixed = [path for path in written if path not in kept]
        lines = ["There were uncommitted changes before this run, so take care to undo only the rewrite:"]
        lines += _checkout("checkout", kept)
        if mixed and self._backup:
            lines += [f"  {_move(path + self._backup, path)}" for path in mixed]
        else:
            lines += self._without_backup(mixed)
        return lines

    def _without_backup(self, mixed: list[str]) -> list[str]:
        unknown = [path for path in mixed if not self._is_tracked(path)]
        known = [path for path in mixed if path not in unknown]
        lines = []
        if known:
            lines += [
                *_checkout("checkout -p", known),
                "  (holds changes of yours too: answer y for each piece of the rewrite, n for your own, s to split)",
            ]
        if unknown:
            lines += [
                "Git does not know these files, and can't bring them back. Next time: git add, or --backup .bak",
                f"  {_quoted(unknown)}",
            ]
        return lines

    def _is_tracked(self, path: str) -> bool:
        return Path(os.path.realpath(path)) in self._before.unstaged


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
    return " ".join(shlex.quote(path) for path in paths)


def _move(source: str, target: str) -> str:
    return f"mv -- {_quoted([source, target])}"
