"""How to undo a rewrite where git alone does not: beside uncommitted changes, and outside git."""

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
from ik_migrate.reports.totals import count


class Undo:
    """Reads the state of the working tree before files are written, to explain afterwards how to restore them.

    Args:
        backup: the suffix of backups; empty where there are none.
    """

    def __init__(self, backup: str) -> None:
        self._backup = backup
        self._before = Uncommitted()
        self._tracked: set[Path] = set()
        self._outside: list[str] = []
        self._new: list[str] = []

    def look(self, report: Report) -> None:
        """Record what is not committed; a `before_writing` of `api.apply`."""
        self._outside = [path for path in _written(report) if top_of(Path(path)) is None]
        self._new = [result.path for result in report.results if result.is_new and result.status is Status.CHANGED]
        in_git = [path for path in map(Path, _written(report)) if top_of(path) is not None]
        with suppress(GitError):
            # Where git fails, it cannot undo anything either.
            self._before, self._tracked = uncommitted(in_git), tracked(in_git)

    def advice(self, report: Report) -> list[str]:
        """Return lines for the user, commands among them; none where ``git checkout`` is enough.

        Args:
            report: what was written; its paths are relative to the current folder.
        """
        outside = self._advice_outside_git()
        created = [path for path in self._new if path not in self._outside]
        remove = [f"  rm -- {_quoted(created)}"] if created else []
        if not self._before.files:
            return outside
        written = [path for path in _written(report) if path not in {*self._outside, *self._new}]
        real = {path: Path(os.path.realpath(path)) for path in written}
        known = [path for path in real if real[path] in self._tracked]
        mixed = [path for path in known if real[path] in self._before.unstaged]
        unknown = [path for path in real if path not in known]
        lines = ["There were uncommitted changes before this run. To undo only the rewrite:"]
        lines += [*_checkout("checkout", [path for path in known if path not in mixed]), *remove]
        if self._backup:
            lines += [f"  mv -- {_quoted([path + self._backup, path])}" for path in [*mixed, *unknown]]
            return lines + outside
        if mixed:
            lines += _checkout("checkout -p", mixed)
            lines += ["  (has your changes as well: answer y for each hunk of the rewrite, n for your own, s to split)"]
        if unknown:
            lines += ["These files are untracked, so git cannot restore them. Next time, use git add or --backup .bak:"]
            lines += [f"  {_quoted(unknown)}"]
        return lines + outside

    def _advice_outside_git(self) -> list[str]:
        changed = [path for path in self._outside if path not in self._new]
        if not changed:
            return []
        if self._backup:
            lines = [f"  mv -- {_quoted([path + self._backup, path])}" for path in changed]
            created = [path for path in self._outside if path in self._new]
            lines += [f"  rm -- {_quoted(created)}"] if created else []
            return ["To undo the rewrite of the files that are not in git:", *lines]
        return [
            f"The rewrite of {count(len(changed), 'file')} outside git cannot be undone. Next time, add --backup .bak"
        ]


def _written(report: Report) -> list[str]:
    return [result.path for result in report.results if result.status is Status.CHANGED]


def _checkout(command: str, paths: Sequence[str]) -> list[str]:
    """Return git commands for files that work in the current folder even if their working tree is another."""
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
    """Return the paths quoted for a shell; control characters are shown as escapes."""
    return " ".join(escape(shlex.quote(path)) for path in paths)
