"""``--quiet``, ``--verbose``, ``--color``, ``--debug``: what is printed, and how."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

import click

if TYPE_CHECKING:
    from ik_migrate.cli.progress_bar import ProgressBar
    from ik_migrate.model.report import Report


COLORS = {"auto": None, "always": True, "never": False}

color_option = click.option(
    "--color",
    type=click.Choice(list(COLORS)),
    default="auto",
    show_default=True,
    help="Use colour; auto: on a terminal, unless NO_COLOR is set.",
)


def _debug(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value:
        # Processes that this one starts shall know too.
        os.environ["IK_MIGRATE_DEBUG"] = "1"


debug_option = click.option(
    "--debug",
    is_flag=True,
    expose_value=False,
    callback=_debug,
    help="Show the traceback of an internal error. So does IK_MIGRATE_DEBUG=1.",
)


class Terminal(NamedTuple):
    """What to print, and how.

    Args:
        quiet: print errors only; a report in a format for programs is still written.
        verbose: also list skipped files and timings.
        color: whether to use colour; None to find out from the stream and the environment.
        statistics: count the findings of each rule instead of listing them.
        show_fixes: show what each fix writes.
    """

    quiet: bool = False
    verbose: bool = False
    color: bool | None = None
    statistics: bool = False
    show_fixes: bool = False

    def progress(self, *, shown: bool = True) -> ProgressBar:
        """Return a progress bar on standard error, which shows on a terminal if the run takes a while.

        Args:
            shown: False where the terminal is used otherwise.
        """
        from ik_migrate.cli.progress_bar import ProgressBar

        return ProgressBar(sys.stderr, shown=shown and not self.quiet, color=self.color)

    def write_text(self, report: Report, *, to_stderr: bool) -> None:
        """Write the report for the terminal."""
        if self.quiet:
            self.write_failed(report)
        elif self.statistics:
            from ik_migrate.reports.summary import write_statistics

            write_statistics(report, sys.stderr if to_stderr else sys.stdout, color=self.color)
        elif report.is_empty:
            from ik_migrate.reports.totals import totals

            click.echo(totals(report), err=to_stderr)
        else:
            from ik_migrate.reports.text import write_text

            if to_stderr:
                with _buffered_stderr() as stream:
                    write_text(report, stream, color=self.color, show_fixes=self.show_fixes)
            else:
                write_text(report, sys.stdout, color=self.color, show_fixes=self.show_fixes)

    def write_failed(self, report: Report) -> None:
        """Print errors to standard error, because they explain the exit status."""
        _list(report.failed)

    def write_details(self, report: Report, seconds: Mapping[str, float]) -> None:
        """Print remarks on the search for files; with ``verbose``, skipped files and timings as well.

        Args:
            report: the run.
            seconds: how long each phase took.
        """
        for remark in report.remarks if not self.quiet else ():
            from ik_migrate.reports.escape import escape

            click.echo(escape(remark), err=True)
        if not self.verbose:
            return
        if report.left_out:
            click.echo("Skipped, though they mention ImageKit:", err=True)
        _list(report.left_out, indent="  ")
        parts = ", ".join(f"{phase.lower()} {time:.2f}" for phase, time in seconds.items())
        click.echo(f"{report.files_searched} files searched. Seconds: {parts}\n", err=True)


@contextmanager
def _buffered_stderr() -> Iterator[TextIO]:
    """Standard error; where it is a file or a pipe, its lines do not go there one by one, which takes long."""
    stream = sys.stderr
    if not isinstance(stream, TextIOWrapper) or stream.isatty():
        yield stream
        return
    stream.reconfigure(line_buffering=False)
    try:
        yield stream
    finally:
        stream.reconfigure(line_buffering=True)


def terminal_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options above, as one argument, ``terminal``."""

    @wraps(command)
    def gathered(quiet: bool, verbose: bool, color: str, statistics: bool, show_fixes: bool, **others: Any) -> Any:
        if quiet and verbose:
            raise click.UsageError("--quiet and --verbose exclude each other.")
        return command(terminal=Terminal(quiet, verbose, COLORS[color], statistics, show_fixes), **others)

    for decorate in (
        debug_option,
        color_option,
        click.option("--show-fixes", is_flag=True, help="Show what each fix writes."),
        click.option("--statistics", is_flag=True, help="Count the findings of each rule instead of listing them."),
        click.option("-v", "--verbose", is_flag=True, help="Also list skipped files and timings."),
        click.option("-q", "--quiet", is_flag=True, help="Print errors only."),
    ):
        gathered = decorate(gathered)
    return gathered


def _list(files: Iterable[tuple[str, str]], indent: str = "") -> None:
    """Print files with reasons to standard error, one line each."""
    for path, reason in files:
        from ik_migrate.reports.escape import escape

        click.echo(f"{indent}{escape(path)}: {escape(reason)}", err=True)
