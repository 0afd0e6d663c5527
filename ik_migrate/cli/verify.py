"""``ik-migrate snapshot`` and ``ik-migrate verify``."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from ik_migrate.cli.site_options import site_options
from ik_migrate.cli.terminal_options import debug_option
from ik_migrate.reports.escape import escape

if TYPE_CHECKING:
    from ik_migrate.verify.results import Comparison
    from ik_migrate.verify.runner import Request
    from ik_migrate.verify.snapshot import Snapshot

_SNAPSHOT_STATUSES = """\b
Exit status:
  0  written, with every image
  1  written; some apps did not load, or some images could not be generated
  2  nothing written: no such interpreter, settings that cannot be loaded
"""
_VERIFY_STATUSES = """\b
Exit status:
  0  every field generates the same images as in the snapshot
  1  something differs, fails, or could not be compared
  2  the site does not run, or the snapshot is of another project
"""


class Failed(click.ClickException):
    """End the command with the exit status of an error."""

    exit_code = 2


def _probe_options(command: Any) -> Any:
    """Give a command the options that snapshot and verify have in common."""
    for decorate in reversed(
        (
            click.argument("project", default=".", type=click.Path(path_type=Path)),
            click.option(
                "--python",
                metavar="COMMAND",
                default="python",
                show_default=True,
                help="Run the project with this interpreter.",
            ),
            click.option("--images", is_flag=True, help="Also store the images, for the HTML report."),
            site_options,
            debug_option,
        )
    ):
        command = decorate(command)
    return command


@click.command(epilog=_SNAPSHOT_STATUSES)
@_probe_options
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Write the snapshot to this file.")
def snapshot(output: Path, sample: int, synthetic: bool, **chosen: Any) -> None:
    """Record what each spec field of PROJECT (the folder with manage.py) generates, before the upgrade.

    The project runs in its own interpreter, where ik-migrate does not have to be installed. Its database, media and
    caches are not changed.
    """
    request = replace(_request(**chosen), sample=sample, synthetic=synthetic)
    _check_output(output)
    taken = _take(request)
    if not taken.fields and not taken.problems:
        raise Failed(f"No spec field and no ProcessedImageField was found with the settings {request.settings}.")
    _keep_older(output, taken)
    _write_snapshot(taken, output)
    failures = _failures(taken)
    lines = [_summary(taken, output)]
    lines += [f"Does not load: {problem.where}: {problem.error}" for problem in taken.problems]
    lines += [f"Not generated: {label} of {', '.join(cases)}: {error}" for (label, error), cases in failures.items()]
    for line in lines:
        click.echo(escape(line))
    sys.exit(int(bool(taken.problems or failures)))


@click.command(epilog=_VERIFY_STATUSES)
@_probe_options
@click.option("--against", metavar="FILE", type=click.Path(path_type=Path), help="Compare with this snapshot.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="Set the format of the report.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the report to this file.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 instead of 1.")
def verify(
    against: Path | None,
    sample: int,
    synthetic: bool,
    output_format: str,
    output: Path | None,
    exit_zero: bool,
    **chosen: Any,
) -> None:
    """Check that PROJECT (the folder with manage.py) loads and generates the images of the snapshot.

    Without --against, check that every model loads and every spec field generates an image. The database, media and
    caches of the project are not changed.
    """
    from ik_migrate.verify.comparison import check, compare

    _check_output(output)
    request = replace(_request(**chosen), sample=sample, synthetic=synthetic)
    if against is None:
        # There is nothing to compare the checks of files and rows with.
        comparison = check(_take(replace(request, behaviours=False)))
    else:
        if click.get_current_context().get_parameter_source("sample") is not ParameterSource.DEFAULT:
            raise click.UsageError("--sample cannot be used with --against, which uses the rows of the snapshot.")
        before = _read(against)
        if synthetic and not before.options.synthetic:
            raise click.UsageError(f"{against} was not taken with --synthetic, so there is nothing to compare with.")
        synthetic = before.options.synthetic
        rows = before.chosen_rows()
        images = request.images or before.options.images
        behaviours = request.behaviours and before.options.behaviours
        after = _take(replace(request, rows=rows, synthetic=synthetic, images=images, behaviours=behaviours))
        _check_same_project(against, before, after)
        comparison = compare(before, after)
    _write(comparison, output_format, output)
    sys.stdout.flush()
    status = comparison.exit_status
    sys.exit(0 if exit_zero and status == 1 else status)


def _check_same_project(path: Path, before: Snapshot, after: Snapshot) -> None:
    """Refuse a snapshot that has no model in common with the project, though all apps load."""
    models = [{label.rpartition(".")[0] for label in side.fields} for side in (before, after)]
    if models[0] and models[1] and not models[0] & models[1] and not after.problems:
        raise Failed(
            f"{path} is the snapshot of another project: it has {', '.join(sorted(models[0])[:3])}, this project has"
            f" {', '.join(sorted(models[1])[:3])}."
        )


def _request(
    project: Path,
    python: str,
    settings: str | None,
    python_paths: tuple[str, ...],
    time_limit: float,
    images: bool,
    no_behaviours: bool,
) -> Request:
    """Return what the probe has to do.

    Raises:
        click.UsageError: when there is no such project, or its settings cannot be determined.
    """
    from ik_migrate.verify.project_folder import project_folder, settings_module
    from ik_migrate.verify.runner import Request

    command = command_parts(python)
    if not project.is_dir() and len(command) == 1:
        raise click.UsageError(f"no such folder: {project}.")
    folder = project_folder(project)
    settings = settings or os.environ.get("DJANGO_SETTINGS_MODULE") or settings_module(folder)
    if not settings:
        raise click.UsageError(f"cannot determine the settings: no manage.py in {project} names them. Use --settings.")
    return Request(
        command, folder, settings, python_paths, time_limit=time_limit, images=images, behaviours=not no_behaviours
    )


def command_parts(python: str) -> list[str]:
    """Split a command such as ``docker compose run --rm -T web python``; the path of a program is one part."""
    path = os.path.expanduser(python)
    if os.path.exists(path):
        return [os.path.abspath(path)]
    return [path] if shutil.which(path) else shlex.split(python)


def _take(request: Request) -> Snapshot:
    from ik_migrate.verify.runner import ProbeFailed, take_snapshot

    try:
        with show_progress() as progress:
            return take_snapshot(request, progress)
    except ProbeFailed as error:
        lines = [error.reason, *(f"  {line}" for line in error.details.splitlines())]
        raise Failed("\n".join(map(escape, lines))) from error


@contextlib.contextmanager
def show_progress() -> Iterator[Callable[[str], None]]:
    """Show what is being done, in one line; nothing if standard error is not a terminal."""
    if not sys.stderr.isatty():
        yield lambda message: None
        return
    width = shutil.get_terminal_size().columns - 1
    try:
        yield lambda message: click.echo(f"\r{escape(message)[:width]:<{width}}", nl=False, err=True)
    finally:
        click.echo(f"\r{'':<{width}}\r", nl=False, err=True)


def _read(path: Path) -> Snapshot:
    from ik_migrate.verify.snapshot import NotASnapshot, read_snapshot

    try:
        return read_snapshot(path)
    except OSError as error:
        raise Failed(escape(f"cannot read {path}: {error.strerror or error}.")) from error
    except NotASnapshot as error:
        raise Failed(escape(str(error))) from error


def _write_snapshot(taken: Snapshot, output: Path) -> None:
    from ik_migrate.verify.snapshot import TooLarge

    try:
        taken.write(output)
    except OSError as error:
        raise Failed(f"cannot write {output}: {error.strerror or error}.") from error
    except TooLarge as error:
        raise Failed(f"{error}. Record fewer rows with --sample, and omit --images.") from error


def _check_output(output: Path | None) -> None:
    """Refuse a file that cannot be written before the work is done, not after."""
    if output is not None and (output.is_dir() or not output.absolute().parent.is_dir()):
        raise Failed(f"cannot write {output}: it is a folder, or its folder does not exist.")


def _failures(taken: Snapshot) -> dict[tuple[str, str], list[str]]:
    """Return the cases for which no image was generated, by field and error."""
    found: dict[tuple[str, str], list[str]] = {}
    for label, case, record in taken.each_case():
        if record.error is not None:
            found.setdefault((label, str(record.error)), []).append(case)
    return found


def _keep_older(output: Path, taken: Snapshot) -> None:
    """Refuse to overwrite what was recorded under ImageKit 2 with what is made after the upgrade."""
    from ik_migrate.verify.snapshot import NotASnapshot, read_snapshot

    try:
        versions = [side.environment.imagekit for side in (read_snapshot(output), taken)]
    except (OSError, NotASnapshot):
        # There is no older snapshot. A file that cannot be read can still be written: a device, for instance.
        return
    if versions[0].startswith("2.") and not versions[1].startswith("2."):
        raise Failed(
            f"{output} was recorded under ImageKit {versions[0]}; this run uses {versions[1]}. Choose another file, or"
            " compare with ik-migrate verify --against."
        )


def _summary(taken: Snapshot, output: Path) -> str:
    from ik_migrate.reports.totals import count
    from ik_migrate.verify.remarks import environment_line

    made = sum(1 for _, _, record in taken.each_case() if record.image is not None)
    total = f"{count(made, 'image')} of {count(len(taken.fields), 'field')}"
    return f"{output}: {total} ({environment_line(taken.environment)})."


def _write(comparison: Comparison, output_format: str, output: Path | None) -> None:
    """Write the report to the file, whole or not at all, or to standard output."""
    from ik_migrate.files.report_files import new_text

    if output is None:
        _write_to(sys.stdout, comparison, output_format)
        return
    try:
        with new_text(output) as stream:
            _write_to(stream, comparison, output_format)
    except OSError as error:
        raise Failed(f"cannot write {output}: {error.strerror or error}.") from error
    if output_format != "text":
        from ik_migrate.verify.remarks import outcome

        click.echo(f"{output}: {outcome(comparison)}", err=True)


def _write_to(stream: IO[str], comparison: Comparison, output_format: str) -> None:
    if output_format == "json":
        from ik_migrate.verify.json_report import write_json

        write_json(comparison, stream)
    elif output_format == "html":
        from ik_migrate.verify.html_report import write_html

        write_html(comparison, stream)
    else:
        from ik_migrate.verify.text_report import write_text

        write_text(comparison, stream)
