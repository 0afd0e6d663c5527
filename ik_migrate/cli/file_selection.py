"""Which files to look at: the paths, only what git says was changed, or the text on standard input."""

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
    """What a run is about.

    Args:
        paths: files and folders.
        only: the files among those in ``paths`` to look at, absolute; all if None.
        contents: what stands for files instead of what they hold, by their absolute paths.
        from_stdin: whether the one path stands for what comes on standard input; see `read`.
    """

    paths: tuple[Path, ...]
    only: frozenset[Path] | None = None
    contents: Mapping[Path, bytes] = MappingProxyType({})
    from_stdin: bool = False

    def read(self) -> ChosenFiles:
        """The same with what comes on standard input, read now: who mistypes an option shall not have to type it.

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
    """Give a command the options that choose among its PATHS; it gets one argument for both, ``files``."""

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
            help="With '-' as the only path: the name of the file whose text comes on standard input.",
        ),
        click.option("--staged", is_flag=True, help="Only files that are changed in git's index."),
        click.option(
            "--since",
            metavar="REV",
            help="Only files that were changed since this commit of git, and those that git does not know yet.",
        ),
    ):
        gathered = decorate(gathered)
    return gathered


def _chosen(paths: tuple[Path, ...], since: str | None, staged: bool, stdin_filename: Path | None) -> ChosenFiles:
    """The files that these options stand for.

    Raises:
        click.UsageError: when they don't go together.
        GitError: when git can't say.
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
        raise click.UsageError("'-' stands for standard input, and is the only path then.")
    if with_git:
        raise click.UsageError("'-' does not go with --since or --staged.")
    if filename is None:
        raise click.UsageError("'-' needs --stdin-filename PATH: where the text belongs in the project.")
    if filename.is_dir():
        raise click.UsageError(f"--stdin-filename: {filename} is a folder.")
    return ChosenFiles((filename,), from_stdin=True)
