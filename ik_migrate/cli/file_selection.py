"""Which files to read: the paths, only those that changed in git, or standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import click

from ik_migrate.cli.path_type import GivenPath

STDIN = Path("-")


class ChosenFiles(NamedTuple):
    """The files of a run.

    Args:
        paths: files and folders.
        only: the files among those in ``paths`` to read, absolute; all if None.
        contents: the content to use instead of that of the files, by absolute path.
        from_stdin: whether the one path stands for standard input; see `read`.
    """

    paths: tuple[Path, ...]
    only: frozenset[Path] | None = None
    contents: Mapping[Path, bytes] = MappingProxyType({})
    from_stdin: bool = False

    def read(self) -> ChosenFiles:
        """Return the same with standard input read, which is not done before all options are checked.

        Raises:
            click.UsageError: when there is no standard input.
        """
        if not self.from_stdin:
            return self
        if sys.stdin is None:
            raise click.UsageError("there is no standard input.")
        contents = {Path(os.path.abspath(path)): sys.stdin.buffer.read() for path in self.paths}
        return self._replace(only=frozenset(contents), contents=contents)


def file_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that select among its PATHS, as one argument, ``files``."""

    @wraps(command)
    def gathered(
        paths: tuple[Path, ...], since: str | None, staged: bool, stdin_filename: Path | None, **others: Any
    ) -> Any:
        return command(files=_chosen(paths, since, staged, stdin_filename), **others)

    for decorate in (
        click.option(
            "--stdin-filename",
            type=GivenPath(),
            metavar="PATH",
            help="Name the file that standard input stands for, with - as PATHS.",
        ),
        click.option("--staged", is_flag=True, help="Select files that are staged in git."),
        click.option(
            "--since",
            metavar="REV",
            help="Select files that changed since a git commit, and untracked files.",
        ),
    ):
        gathered = decorate(gathered)
    return gathered


def _chosen(paths: tuple[Path, ...], since: str | None, staged: bool, stdin_filename: Path | None) -> ChosenFiles:
    """Return the files that these options select.

    Raises:
        click.UsageError: when they exclude each other.
        GitError: when git fails.
    """
    if since is not None and staged:
        raise click.UsageError("--since and --staged exclude each other.")
    if STDIN in paths:
        return _from_stdin(paths, since is not None or staged, stdin_filename)
    if stdin_filename is not None:
        raise click.UsageError("--stdin-filename needs '-' as the only path.")
    paths = paths or (Path(),)
    if since is None and not staged:
        return ChosenFiles(paths)
    from ik_migrate.files import work_tree

    there = [path for path in paths if path.exists()]
    try:
        changed = work_tree.staged(there) if since is None else work_tree.changed_since(there, since)
    except work_tree.GitError as error:
        raise work_tree.GitError(f"{'--staged' if staged else '--since'}: {error}") from None
    return ChosenFiles(paths, frozenset(changed))


def _from_stdin(paths: tuple[Path, ...], with_git: bool, filename: Path | None) -> ChosenFiles:
    if len(paths) > 1:
        raise click.UsageError("'-' stands for standard input and must be the only path.")
    if with_git:
        raise click.UsageError("'-' cannot be used with --since or --staged.")
    if filename is None:
        raise click.UsageError("'-' needs --stdin-filename PATH, the file that it stands for.")
    if filename.is_dir():
        raise click.UsageError(f"--stdin-filename: {filename} is a folder.")
    return ChosenFiles((filename,), from_stdin=True)
