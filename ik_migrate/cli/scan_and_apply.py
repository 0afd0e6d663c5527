"""``ik-migrate scan`` and ``ik-migrate apply``."""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ik_migrate.cli.apply_options import WriteOptions, apply_options
from ik_migrate.cli.commit import apply_in_commits, select_apps, tell_elsewhere
from ik_migrate.cli.file_selection import ChosenFiles, file_options
from ik_migrate.cli.group import EXIT_STATUSES
from ik_migrate.cli.help import APPLY_EXAMPLES, SCAN_EXAMPLES, SectionedCommand
from ik_migrate.cli.path_type import GivenPath
from ik_migrate.cli.report_options import Output, report_options, wants_fixes, write_outputs, write_report
from ik_migrate.cli.run_info import describe_run
from ik_migrate.cli.run_options import options_from, run_options, warn_of_other_configurations
from ik_migrate.cli.since_report import compare_with_earlier, read_earlier
from ik_migrate.cli.terminal_options import Terminal, terminal_options

if TYPE_CHECKING:
    from ik_migrate.model.options import Options
    from ik_migrate.model.report import Report


@click.command(
    cls=SectionedCommand,
    epilog=f"{SCAN_EXAMPLES}\n{EXIT_STATUSES}",
)
@run_options
@click.option(
    "--write-baseline",
    type=GivenPath(dir_okay=False),
    metavar="FILE",
    help="Write all findings to FILE, to be used with --baseline.",
)
@click.option(
    "--since-report",
    type=GivenPath(dir_okay=False),
    metavar="FILE",
    help="Show what is new, gone and left since a JSON report.",
)
@file_options
@report_options
@terminal_options
def scan(
    files: ChosenFiles,
    write_baseline: Path | None,
    since_report: Path | None,
    report_format: str,
    outputs: tuple[Output, ...],
    terminal: Terminal,
    exit_zero: bool,
    **chosen: Any,
) -> None:
    """Report what has to change in PATHS (the current folder); write nothing.

    With - for PATHS, one file is read from standard input.
    """
    earlier = read_earlier(since_report)
    options = options_from(files.paths, **chosen)
    if not terminal.quiet:
        warn_of_other_configurations(files.paths, chosen["config_file"], chosen["no_config"])
    with_fixes = wants_fixes(report_format, outputs, terminal)
    report = _scanned(files.read(), options, terminal, with_fixes=with_fixes, write_baseline=write_baseline)
    report = compare_with_earlier(report, earlier, since_report, files, options)
    write_report(report, report_format, terminal)
    _exit(report, outputs, exit_zero)


@click.command(
    cls=SectionedCommand,
    epilog=f"{APPLY_EXAMPLES}\n{EXIT_STATUSES}",
)
@run_options
@click.option("--diff", "as_diff", is_flag=True, help="Print a unified diff; write nothing.")
@click.option("--add-ignores", is_flag=True, help="Add an ignore comment above each finding that is left.")
@apply_options
@file_options
@report_options
@terminal_options
def apply(
    files: ChosenFiles,
    as_diff: bool,
    add_ignores: bool,
    care: WriteOptions,
    report_format: str,
    outputs: tuple[Output, ...],
    terminal: Terminal,
    exit_zero: bool,
    **chosen: Any,
) -> None:
    """Rewrite the files in PATHS (the current folder) in place.

    With - for PATHS, one file is read from standard input and written to standard output: rewritten, or
    byte for byte unchanged where there is nothing to do or an error occurs.
    """
    care.check(
        files.paths, writes=not as_diff and not files.from_stdin, why_not="--diff" if as_diff else "standard input"
    )
    if files.from_stdin and not as_diff and report_format != "text":
        raise click.UsageError("standard output is used for the file. Write the report with --output FORMAT=FILE.")
    options = replace(options_from(files.paths, **chosen), add_ignores=add_ignores)
    if options.todo and add_ignores:
        raise click.UsageError("--add-ignores cannot be used with --todo.")
    if not terminal.quiet:
        warn_of_other_configurations(files.paths, chosen["config_file"], chosen["no_config"])
    files = files.read()
    if as_diff:
        with_fixes = wants_fixes(report_format, outputs, terminal)
        report = replace(_scanned(files, options, terminal, with_fixes=with_fixes), command="diff")
        report, elsewhere = select_apps(report, care.apps)
        if report_format == "text":
            _write_diff(report)
        write_report(report, report_format, terminal, to_stderr=True)
        tell_elsewhere(elsewhere, terminal)
    elif files.from_stdin:
        report = replace(_scanned(files, options, terminal), command="apply", in_place=False)
        _write_content(report, files)
        terminal.write_text(report, to_stderr=True)
    elif care.commit_by:
        report = apply_in_commits(files, care, options, terminal)
        write_report(report, report_format, terminal)
    else:
        report, advice = _applied(files, care, options, terminal)
        write_report(report, report_format, terminal)
        for line in advice:
            click.echo(line, err=True)
    _exit(report, outputs, exit_zero)


def _scanned(
    files: ChosenFiles,
    options: Options,
    terminal: Terminal,
    *,
    with_fixes: bool = False,
    write_baseline: Path | None = None,
) -> Report:
    from ik_migrate import api

    with terminal.progress() as progress:
        report = api.scan(
            files.paths,
            options,
            only=files.only,
            contents=files.contents,
            with_fixes=with_fixes,
            write_baseline=write_baseline,
            progress=progress,
        )
    _keep_from_collector()
    terminal.write_details(report, progress.seconds)
    return replace(report, run=describe_run(files.paths), is_in_hook=_is_in_hook())


def _applied(files: ChosenFiles, care: WriteOptions, options: Options, terminal: Terminal) -> tuple[Report, list[str]]:
    """Rewrite the files; return the report, and lines on how to undo the rewrite."""
    from ik_migrate import api
    from ik_migrate.cli.undo import Undo

    undo = Undo(care.backup)
    elsewhere: list[Report] = []

    def select(report: Report) -> Report:
        selected, rest = select_apps(report, care.apps)
        elsewhere.extend([rest] if rest is not None else [])
        return selected

    with terminal.progress(shown=not care.interactive) as progress:
        report = api.apply(
            files.paths,
            options,
            only=files.only,
            choose=care.chooser(terminal.color),
            select=select,
            backup=care.backup,
            before_writing=undo.look,
            progress=progress,
        )
    _keep_from_collector()
    terminal.write_details(report, progress.seconds)
    tell_elsewhere(elsewhere[0] if elsewhere else None, terminal)
    advice = [] if terminal.quiet else undo.advice(report)
    return replace(report, run=describe_run(files.paths), is_in_hook=_is_in_hook()), advice


def _is_in_hook() -> bool:
    """Whether pre-commit or git itself runs this as a hook."""
    return bool(os.environ.get("PRE_COMMIT") or os.environ.get("GIT_INDEX_FILE"))


def _keep_from_collector() -> None:
    """Exempt all objects from garbage collection: nearly all of them live until the process ends."""
    gc.freeze()


def _write_diff(report: Report) -> None:
    from ik_migrate.reports.diff import diff_base, unified_diff
    from ik_migrate.reports.escape import visible_lines

    changed = [result for result in report.results if result.before != result.after]
    levels, folder = diff_base([result.path for result in changed], Path.cwd())
    if levels:
        click.echo(f"The paths of this diff are relative to {folder}: apply it there.", err=True)
    for result in changed:
        diff = unified_diff(replace(result, path=os.path.relpath(result.path, levels) if levels else result.path))
        if sys.stdout.isatty():
            # A terminal shows the diff to a reader; control characters in code must not reach it.
            diff = visible_lines(diff.decode("utf-8", "surrogateescape")).encode("utf-8")
        sys.stdout.buffer.write(diff)
    sys.stdout.buffer.flush()


def _write_content(report: Report, files: ChosenFiles) -> None:
    """Write the file that came on standard input, as it is after the rewrite."""
    (data,) = files.contents.values()
    for result in report.results:
        data = result.after
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _exit(report: Report, outputs: tuple[Output, ...], exit_zero: bool) -> NoReturn:
    """Write the reports that go to files, and exit."""
    status = report.exit_status if write_outputs(report, outputs) else 2
    sys.stdout.flush()
    sys.exit(0 if exit_zero and status == 1 else status)
