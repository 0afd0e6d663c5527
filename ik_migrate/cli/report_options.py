"""``--format`` and ``--output``: how a report is written, and where to."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from ik_migrate.files.report_files import new_text
from ik_migrate.reports.escape import escape
from ik_migrate.reports.formats import FORMATS, FORMATS_WITH_FIXES, writer

if TYPE_CHECKING:
    from ik_migrate.cli.terminal_options import Terminal
    from ik_migrate.model.report import Report


class Output(NamedTuple):
    """A report that goes to a file.

    Args:
        format: one of the formats.
        path: the file; its folder is there.
    """

    format: str
    path: Path


def _outputs(ctx: click.Context, param: click.Parameter, values: Sequence[str]) -> tuple[Output, ...]:
    """The files that were asked for, checked before the work starts: nobody wants to learn of a bad name after it.

    Raises:
        click.BadParameter: for an unknown format, or a file that can't be written.
    """
    outputs: list[Output] = []
    for value in values:
        name, _, file = value.partition("=")
        if name not in FORMATS:
            raise click.BadParameter(f"{value!r} does not start with a format and '=': {', '.join(FORMATS)}.")
        if not file:
            raise click.BadParameter(f"{value!r} names no file: write {name}=FILE.")
        if file == "-":
            raise click.BadParameter(f"for standard output write --format {name}.")
        path = Path(file)
        problem = _problem(path)
        if problem:
            raise click.BadParameter(f"{file}: {problem}.")
        if os.path.realpath(path) in {os.path.realpath(output.path) for output in outputs}:
            raise click.BadParameter(f"{file} is given twice.")
        outputs.append(Output(name, path))
    return tuple(outputs)


def _problem(path: Path) -> str:
    """Why a report can't be written to ``path``; empty where it can."""
    if path.is_dir():
        return "it is a folder"
    if path.exists() and not os.access(path, os.W_OK):
        return "it is read-only"
    if path.exists() and not path.is_file():
        # A pipe or a device is not replaced but written to.
        return ""
    folder = Path(os.path.realpath(path)).parent
    if not folder.is_dir():
        return f"there is no folder {folder}"
    return "" if os.access(folder, os.W_OK | os.X_OK) else f"the folder {folder} is read-only"


def report_options(command: Any) -> Any:
    """Give a command ``--format`` (as ``report_format``) and ``--output`` (as ``outputs``)."""
    for decorate in (
        click.option(
            "--output",
            "outputs",
            multiple=True,
            callback=_outputs,
            metavar="FORMAT=FILE",
            help="Also write the report to a file: --output json=report.json; can be given several times.",
        ),
        click.option(
            "--format",
            "report_format",
            type=click.Choice(list(FORMATS)),
            default="text",
            show_default=True,
            help="How to report on standard output.",
        ),
    ):
        command = decorate(command)
    return command


def wants_fixes(name: str, outputs: Sequence[Output]) -> bool:
    """Whether one of the reports that are asked for tells what each rewrite does on its own.

    Args:
        name: the format of the report on standard output.
        outputs: the others.
    """
    return not FORMATS_WITH_FIXES.isdisjoint({name, *(output.format for output in outputs)})


def write_report(report: Report, name: str, terminal: Terminal, *, to_stderr: bool = False) -> None:
    """Write the report in a format for programs to standard output, or as text.

    Formats for programs are UTF-8, whatever the locale says. What could not be done is also said on standard error
    then: the program that reads the report may not show it.

    Args:
        report: the run.
        name: the format.
        terminal: how to speak to the user.
        to_stderr: where text goes; what is for programs always goes to standard output.
    """
    if name == "text":
        terminal.write_text(report, to_stderr=to_stderr)
        return
    sys.stdout.flush()
    stream = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n", write_through=True)
    try:
        writer(name)(report, stream)
        stream.flush()
    finally:
        stream.detach()
    terminal.write_failed(report)


def write_outputs(report: Report, outputs: Sequence[Output]) -> bool:
    """Write the report to the files that were asked for, each whole or not at all.

    Returns:
        Whether all could be written; what could not is said on standard error.
    """
    done = True
    for output in outputs:
        try:
            with new_text(output.path) as stream:
                writer(output.format)(report, stream)
        except OSError as error:
            reason = f"it can't be written: {error.strerror or error}"
            click.echo(f"Error: {escape(str(output.path))}: {reason}", err=True)
            done = False
    return done
