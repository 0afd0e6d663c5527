"""The options that ``scan`` and ``apply`` have in common, and their values."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ik_migrate.cli.completion import complete_codes, complete_targets
from ik_migrate.cli.path_type import GivenPath

if TYPE_CHECKING:
    from ik_migrate.config.config_file import Configuration
    from ik_migrate.model.options import Options


def run_options(command: Any) -> Any:
    """Give a command the options that scan and apply have in common."""
    return setting_options(click.option("--exit-zero", is_flag=True, help="Exit with 0 instead of 1.")(command))


def setting_options(command: Any) -> Any:
    """Give a command the paths and those options that the configuration file can set too."""
    for decorate in reversed(
        (
            click.argument("paths", nargs=-1, type=GivenPath()),
            _flag("--unsafe-fixes", "Include fixes that can change behaviour."),
            _codes_option("--select", "Rules to enable: IK101,IK2."),
            _codes_option("--ignore", "Rules to disable."),
            _many("--per-file-ignores", "PATTERN:CODES", "Rules to disable in matching files: 'tests/*:IK5'."),
            _many("--exclude", "PATTERN", "Skip matching paths."),
            _many("--include", "PATTERN", "Include matching paths that would be skipped."),
            _flag("--respect-gitignore", "Skip files that git ignores [default]."),
            _many("--source-root", "FOLDER", "Add a folder that is on sys.path when the site runs.", "source_roots"),
            _many(
                "--spec-field-class",
                "NAME",
                "Treat a class or function of another package as a spec field.",
                "spec_field_classes",
            ),
            _flag("--keep-cache-names", "Keep ImageKit 2's file names, so that no image is regenerated."),
            _flag("--faithful", "Keep the run-time behaviour of ImageKit 2 for all fields."),
            _flag("--came-from-2", "Treat fields with source= as written for ImageKit 2 and only renamed."),
            click.option(
                "--support-module",
                metavar="NAME",
                help="Set the module for generated helpers: mysite.imagekit_support.",
            ),
            _flag("--todo", "Add a TODO comment above each finding that is left."),
            click.option(
                "--target",
                metavar="VERSION",
                shell_complete=complete_targets,
                help="Set the ImageKit version to move to: 3.0, 3.3, 4.0, 4.1, 5.0 or 6.1"
                "  [default: 4.0 for Python 2, else 6.1]",
            ),
            click.option("--baseline", metavar="FILE", help="Report only findings that are not in FILE."),
            click.option("--jobs", type=click.IntRange(1), metavar="N", help="Set the number of worker processes."),
            click.option(
                "--config",
                "config_file",
                type=click.Path(exists=True, dir_okay=False, path_type=Path),
                help="Read this configuration file.",
            ),
            click.option("--no-config", is_flag=True, help="Ignore configuration files."),
        )
    ):
        command = decorate(command)
    return command


def _flag(name: str, help_text: str) -> Any:
    """An option that is on, off, or left to the configuration file."""
    return click.option(f"{name}/--no-{name.removeprefix('--')}", default=None, help=help_text)


def _many(name: str, metavar: str, help_text: str, field: str | None = None) -> Any:
    """An option that can be given more than once."""
    return click.option(name, *([field] if field else []), metavar=metavar, multiple=True, help=help_text)


def _codes_option(name: str, help_text: str) -> Any:
    """An option that takes codes of rules, separated by commas or given one by one."""
    return click.option(name, metavar="CODES", multiple=True, shell_complete=complete_codes, help=help_text)


def options_from(paths: Sequence[Path], **chosen: Any) -> Options:
    """The options of a run, from the values of `run_options`.

    Raises:
        click.BadParameter: when an option has a value that it does not take.
        ConfigError: when the configuration file cannot be used.
    """
    configuration, rest = configured(paths, **chosen)
    return configuration.options(**rest)


def warn_of_other_configurations(paths: Sequence[Path], config_file: Path | None, no_config: bool) -> None:
    """Report the configuration files that are ignored because the paths are in several projects."""
    if len(paths) < 2 or config_file is not None or no_config:
        return
    from ik_migrate.config.config_file import passed_over
    from ik_migrate.reports.escape import escape

    for file in passed_over(paths):
        shown = escape(os.path.relpath(file))
        click.echo(
            f"Ignoring {shown}: only one configuration file is used per run. Run each project on its own.", err=True
        )


def configured(
    paths: Sequence[Path], config_file: Path | None, no_config: bool, **chosen: Any
) -> tuple[Configuration, dict[str, Any]]:
    """What is set for ``paths``: on the command line, then in the configuration file.

    Returns:
        The settings, and those values of ``chosen`` for which there is no key.

    Raises:
        click.BadParameter: when an option has a value that it does not take.
        click.UsageError: when options exclude each other.
        ConfigError: when the configuration file cannot be used.
    """
    from ik_migrate.config.config_file import Configuration, Setting, configuration_for
    from ik_migrate.config.keys import KEYS, BadValue

    if config_file is not None and no_config:
        raise click.UsageError("--config and --no-config exclude each other.")
    given = {}
    for name, key in KEYS.items():
        value = chosen.pop(key.field, None)
        if value is None or value == ():
            continue
        try:
            written = _as_in_a_file(key.field, value)
            given[name] = Setting(key, written, key.read(written, Path.cwd()), key.option)
        except BadValue as error:
            raise click.BadParameter(str(error), param_hint=key.option) from None
    found = Configuration() if no_config else configuration_for(paths, config_file)
    return Configuration(found.file, {**found.settings, **given}), chosen


def _as_in_a_file(field: str, value: Any) -> object:
    """An option's value as the configuration file would have it.

    Raises:
        BadValue: when it has not the form that its help shows.
    """
    from ik_migrate.config.keys import BadValue

    if field in {"select", "ignore"}:
        return _codes(",".join(value))
    if field != "per_file_ignores":
        return list(value) if isinstance(value, tuple) else value
    table: dict[str, list[str]] = {}
    for item in value:
        pattern, _, codes = item.rpartition(":")
        if not pattern or not codes:
            raise BadValue(f"must be PATTERN:CODES, 'tests/*:IK5', not {item!r}")
        table.setdefault(pattern, []).extend(_codes(codes))
    return table


def _codes(text: str) -> list[str]:
    """Codes of rules, or their beginnings, from an option's value.

    Raises:
        BadValue: when there are none, or no rule has such a code.
    """
    from ik_migrate.config.keys import BadValue
    from ik_migrate.engine.registry import describe_unknown_code

    codes = [code.strip().upper() for code in text.split(",") if code.strip()]
    complaint = describe_unknown_code(codes) if codes else "no rule is named"
    if complaint:
        raise BadValue(complaint)
    return codes
