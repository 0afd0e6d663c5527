"""``--interactive``, ``--backup``, ``--require-clean``: how ``apply`` writes files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from ik_migrate.model.errors import IkMigrateError

if TYPE_CHECKING:
    from ik_migrate.engine.interactive import ConfirmCallback


class WriteOptions(NamedTuple):
    """How to write files.

    Args:
        interactive: ask about each rewrite.
        backup: the suffix of backups; empty for none.
        require_clean: write nothing into a working tree with uncommitted changes.
        commit_by: ``rules`` or ``apps`` to commit the rewrite part by part; empty to commit nothing.
        apps: the names of the only apps to rewrite; empty for all.
    """

    interactive: bool = False
    backup: str = ""
    require_clean: bool = False
    commit_by: str = ""
    apps: tuple[str, ...] = ()

    def check(self, paths: Sequence[Path], *, writes: bool, why_not: str) -> None:
        """Check that the options can be used, before anything is done.

        Args:
            paths: what is to be rewritten.
            writes: whether files are written at all.
            why_not: the option or argument that prevents it.

        Raises:
            click.UsageError: when options exclude each other.
            IkMigrateError: when the working tree is not clean.
        """
        for option, given in (
            ("--interactive", self.interactive),
            ("--backup", bool(self.backup)),
            ("--require-clean", self.require_clean),
            ("--commit", bool(self.commit_by)),
        ):
            if given and not writes:
                raise click.UsageError(f"{option} cannot be used with {why_not}, which writes no file.")
        if self.commit_by and (self.interactive or self.backup):
            raise click.UsageError("--commit cannot be used with --interactive or --backup.")
        if self.interactive and not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
            raise click.UsageError("--interactive needs a terminal.")
        if self.require_clean:
            _require_clean(paths)

    def chooser(self, color: bool | None) -> ConfirmCallback | None:
        """Return the callback that confirms each rewrite; None where none is needed."""
        if not self.interactive:
            return None
        from ik_migrate.cli.prompt import Prompt

        return Prompt(color)


def apply_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options above, as one argument, ``care``."""

    @wraps(command)
    def gathered(
        interactive: bool,
        backup: str | None,
        require_clean: bool,
        commit: bool,
        commit_by: str | None,
        apps: tuple[str, ...],
        **others: Any,
    ) -> Any:
        by = commit_by or ("rules" if commit else "")
        return command(care=WriteOptions(interactive, backup or "", require_clean, by, apps), **others)

    for decorate in (
        click.option("--app", "apps", metavar="NAME", multiple=True, help="Rewrite only this app; repeatable."),
        click.option(
            "--commit-by",
            type=click.Choice(["rules", "apps"]),
            help="Commit each group of rules (the default of --commit) or each app.",
        ),
        click.option("--commit", is_flag=True, help="Commit the rewrite, mechanical and delicate parts separately."),
        click.option("--require-clean", is_flag=True, help="Stop if there are uncommitted changes."),
        click.option(
            "--backup",
            metavar="SUFFIX",
            callback=_suffix,
            help="Back up each rewritten file: with .bak, as models.py.bak.",
        ),
        click.option("-i", "--interactive", is_flag=True, help="Confirm each rewrite."),
    ):
        gathered = decorate(gathered)
    return gathered


def _suffix(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        from ik_migrate.files.backup import problem_of_suffix

        problem = problem_of_suffix(value)
        if problem:
            raise click.BadParameter(f"{value!r}: {problem}.")
    return value


def _require_clean(paths: Sequence[Path]) -> None:
    from ik_migrate.files.work_tree import GitError, uncommitted

    try:
        files = sorted(uncommitted(paths).files)
    except GitError as error:
        raise GitError(f"--require-clean: {error}") from None
    if files:
        named = ", ".join(click.format_filename(path) for path in files[:3])
        more = f" and {len(files) - 3} more" if len(files) > 3 else ""
        raise IkMigrateError(f"--require-clean: uncommitted changes: {named}{more}. Commit or stash them first.")
