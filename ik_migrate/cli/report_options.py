"""``--format`` and ``--output``: how a report is written, and where to."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from ik_migrate.cli.completion import complete_formats, complete_outputs
from ik_migrate.files.report_files import new_text
from ik_migrate.model.did_you_mean import nearest
from ik_migrate.reports.escape import escape
from ik_migrate.reports.formats import FORMATS, FORMATS_WITH_FIXES, writer

if TYPE_CHECKING:
    from ik_migrate.cli.terminal_options import Terminal
    from ik_migrate.model.report import Report


class FormatChoice(click.Choice[str]):
    """One of the formats; of another word, the format that may be meant is suggested."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the format.

        Raises:
            click.BadParameter: when there is none of that name.
        """
        if value not in self.choices:
            self.fail(f"no such format: {value}.{_suggest_format(str(value))}", param, ctx)
        return str(value)


def _suggest_format(name: str) -> str:
    return nearest(name, FORMATS, 0.5) or f" Formats: {', '.join(FORMATS)}."


class Output(NamedTuple):
    """A report that goes to a file.

    Args:
        format: one of the formats.
        path: the file; its folder is there.
    """

    format: str
    path: Path


def _outputs(ctx: click.Context, param: click.Parameter, values: Sequence[str]) -> tuple[Output, ...]:
    """Return the files to write; they are checked before the work starts.

    Raises:
        click.BadParameter: for an unknown format, or a file that cannot be written.
    """
    outputs: list[Output] = []
    for value in values:
        name, _, file = value.partition("=")
        if name not in FORMATS:
            raise click.BadParameter(f"no such format: {name}.{_suggest_format(name)} Write FORMAT=FILE.")
        if not file:
            raise click.BadParameter(f"{value!r} has no file. Write {name}=FILE.")
        if file == "-":
            raise click.BadParameter(f"for standard output, use --format {name}.")
        path = Path(file)
        problem = _problem(path)
        if problem:
            raise click.BadParameter(f"{file}: {problem}.")
        if os.path.realpath(path) in {os.path.realpath(output.path) for output in outputs}:
            raise click.BadParameter(f"two reports for {file}.")
        outputs.append(Output(name, path))
    return tuple(outputs)


def _problem(path: Path) -> str:
    """Return why a report cannot be written to ``path``; empty where it can."""
    if path.is_dir():
        return "is a folder"
    if path.exists() and not os.access(path, os.W_OK):
        return "is read-only"
    if path.exists() and not path.is_file():
        # A pipe or a device is not replaced but written to.
        return ""
    folder = Path(os.path.realpath(path)).parent
    if not folder.is_dir():
        return f"no such folder: {folder}"
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
            help="Also write the report to a file: json=report.json; repeatable.",
            shell_complete=complete_outputs,
        ),
        click.option(
            "--format",
            "report_format",
            type=FormatChoice(list(FORMATS)),
            shell_complete=complete_formats,
            default="text",
            show_default=True,
            help="Set the format of standard output.",
        ),
    ):
        command = decorate(command)
    return command


def wants_fixes(name: str, outputs: Sequence[Output], terminal: Terminal) -> bool:
    """Whether one of the reports shows what each rewrite does on its own.

    Args:
        name: the format of the report on standard output.
        outputs: the others.
        terminal: what to print, and how.
    """
    return terminal.show_fixes or not FORMATS_WITH_FIXES.isdisjoint({name, *(output.format for output in outputs)})


def write_report(report: Report, name: str, terminal: Terminal, *, to_stderr: bool = False) -> None:
    """Write the report to standard output, or as text.

    Formats for programs are UTF-8, whatever the locale is. Errors are also printed to standard error then: the program
    that reads the report may not show them.

    Args:
        report: the run.
        name: the format.
        terminal: what to print, and how.
        to_stderr: whether text goes to standard error; other formats always go to standard output.
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
    """Write the report to files, each whole or not at all.

    Returns:
        Whether all could be written; errors are printed to standard error.
    """
    done = True
    for output in outputs:
        try:
            with new_text(output.path) as stream:
                writer(output.format)(report, stream)
        except OSError as error:
            click.echo(f"Error: cannot write {escape(str(output.path))}: {error.strerror or error}", err=True)
            done = False
    return done
