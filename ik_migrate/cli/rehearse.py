"""``ik-migrate rehearse``."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ik_migrate.cli.run_options import options_from, setting_options
from ik_migrate.cli.site_options import site_options
from ik_migrate.cli.terminal_options import COLORS, color_option, debug_option
from ik_migrate.cli.verify import Failed, command_parts, show_progress
from ik_migrate.reports.escape import escape

if TYPE_CHECKING:
    from ik_migrate.model.options import Options
    from ik_migrate.rehearse.plan import Plan, Variant
    from ik_migrate.rehearse.rehearsal import Rehearsal

_STATUSES = """\b
Examples:
  ik-migrate rehearse --old ~/envs/old/bin/python --new ~/envs/new/bin/python
  ik-migrate rehearse --old ... --new ... --compare
  ik-migrate rehearse --old ... --new ... --unsafe-fixes --output-dir ../upgrade

\b
Exit status:
  0  the migrated site shows the same images
  1  something differs, fails, or could not be compared; no --new
  2  the site does not run, or a file could not be rewritten
"""


@click.command(epilog=_STATUSES)
@click.option("--old", required=True, metavar="COMMAND", help="Run the site of today with this interpreter.")
@click.option(
    "--new", metavar="COMMAND", help="Run the upgraded site with this interpreter, which has ImageKit 3 or later."
)
@click.option("--app", "apps", metavar="NAME", multiple=True, help="Rewrite only this app; repeatable.")
@click.option("--compare", is_flag=True, help="Rehearse several sets of options, and print a table.")
@click.option(
    "--output-dir",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the diff, the result page and the text of a pull request to FOLDER.",
)
@site_options
@click.option("--exit-zero", is_flag=True, help="Exit with 0 instead of 1.")
@setting_options
@color_option
@debug_option
def rehearse(
    paths: tuple[Path, ...],
    old: str,
    new: str | None,
    compare: bool,
    output_dir: Path | None,
    exit_zero: bool,
    color: str,
    settings: str | None,
    apps: tuple[str, ...],
    python_paths: tuple[str, ...],
    sample: int,
    synthetic: bool,
    time_limit: float,
    no_behaviours: bool,
    **chosen: Any,
) -> None:
    """Try the whole upgrade in a copy of the project, and show what would change.

    The copy runs under --old, is rewritten, and runs under --new. PATHS is the folder with manage.py (the current
    folder), or the apps to rewrite. The project, its repository, database, media and caches are not changed.
    """
    from ik_migrate.rehearse.output_folder import check_folder, write_results
    from ik_migrate.rehearse.text_report import best_result, write_text

    if output_dir is not None:
        check_folder(output_dir)
    paths = paths or (Path("."),)
    options = options_from(paths, **chosen)
    plan = replace(
        _plan(paths, old, new, settings),
        apps=apps,
        python_paths=python_paths,
        sample=sample,
        synthetic=synthetic,
        time_limit=time_limit,
        images=output_dir is not None,
        behaviours=not no_behaviours,
    )
    options = _with_target(options, plan)
    rehearsal = _rehearse(plan, options, compare)
    files = write_results(rehearsal, output_dir) if output_dir is not None else None
    diff_file = str(files.diff.absolute()) if files is not None else ""
    write_text(rehearsal, sys.stdout, diff_file=diff_file, color=COLORS[color])
    for path in files.written if files is not None else ():
        click.echo(escape(f"Written: {path}"))
    sys.stdout.flush()
    status = (best_result(rehearsal) or rehearsal.results[0]).exit_status
    sys.exit(0 if exit_zero and status == 1 else status)


def _plan(paths: tuple[Path, ...], old: str, new: str | None, settings: str | None) -> Plan:
    """Return what is to be rehearsed, without the details.

    Raises:
        click.UsageError: when there is no project, or its settings are not known.
    """
    from ik_migrate.files.places import is_below
    from ik_migrate.files.repository import top_of
    from ik_migrate.rehearse.plan import Plan
    from ik_migrate.verify.project_folder import settings_module

    real = tuple(Path(os.path.realpath(path)) for path in paths)
    folder = _django_folder(real)
    root = _root(folder, real)
    if not all(is_below(path, [root]) for path in real):
        raise click.UsageError("all PATHS have to be of one project.")
    found = settings or os.environ.get("DJANGO_SETTINGS_MODULE") or settings_module(folder)
    if not found:
        raise click.UsageError(f"no manage.py in {folder} names the settings: name them with --settings.")
    top = top_of(root)
    return Plan(
        root=root,
        folder=folder,
        # The folder with manage.py stands for the whole project.
        paths=(root,) if folder in real or root in real else real,
        base=top or root,
        old=_checked_command(old, "--old"),
        new=None if new is None else _checked_command(new, "--new"),
        settings=found,
        is_in_git=top is not None,
    )


def _django_folder(paths: tuple[Path, ...]) -> Path:
    """Return the folder of manage.py: in the first path, the only folder in it that has one, or above it."""
    from ik_migrate.verify.project_folder import project_folder

    first = paths[0]
    if first.is_dir():
        folder = project_folder(first)
        if (folder / "manage.py").is_file():
            return folder
    return next((folder for folder in first.parents if (folder / "manage.py").is_file()), first)


def _root(folder: Path, paths: tuple[Path, ...]) -> Path:
    """Return the folder to copy: the one that was given if the folder of manage.py is in it, else that folder."""
    from ik_migrate.files.places import is_below

    return next((path for path in paths if path.is_dir() and is_below(folder, [path])), folder)


def _checked_command(text: str, option: str) -> list[str]:
    command = command_parts(text)
    if not command or shutil.which(command[0]) is None:
        raise Failed(escape(f"{option}: no such command: {command[0] if command else text!r}."))
    return command


def _with_target(options: Options, plan: Plan) -> Options:
    """Return the options with the target that the new interpreter has, where none was chosen."""
    from ik_migrate.rehearse.interpreters import imagekit_version, is_imagekit2, target_for

    version = imagekit_version(plan.old)
    if version and not is_imagekit2(version):
        click.echo(escape(f"--old has ImageKit {version}, so this does not compare with ImageKit 2."), err=True)
    version = imagekit_version(plan.new) if plan.new is not None else ""
    if version and is_imagekit2(version):
        raise Failed(f"--new has ImageKit {version}: name an interpreter with ImageKit 3.0 or later.")
    return options if options.target or not version else replace(options, target=target_for(version))


def _variants(options: Options, compare: bool) -> list[Variant]:
    from ik_migrate.rehearse.plan import compared_variants, variant_of

    return compared_variants(options) if compare else [variant_of(options)]


def _rehearse(plan: Plan, options: Options, compare: bool) -> Rehearsal:
    from ik_migrate.rehearse import rehearsal
    from ik_migrate.verify.runner import ProbeFailed

    try:
        with show_progress() as tell:
            return rehearsal.rehearse(plan, _variants(options, compare), tell)
    except ProbeFailed as error:
        lines = [f"--old: {error.reason}", *(f"  {line}" for line in error.details.splitlines())]
        raise Failed("\n".join(map(escape, lines))) from error
