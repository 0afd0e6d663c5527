"""``ik-migrate config``: the settings in effect, and where each of them is set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ik_migrate.cli.help import SectionedCommand
from ik_migrate.cli.run_options import configured, setting_options

if TYPE_CHECKING:
    from ik_migrate.config.config_file import Configuration


@click.command(cls=SectionedCommand)
@setting_options
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Set the format.",
)
def config(paths: tuple[Path, ...], output_format: str, **chosen: Any) -> None:
    """Show the settings in effect for PATHS (the current folder), and where each is set.

    \b
    Options that have a key in the configuration file can be given as well:
      ik-migrate config --select IK2
      ik-migrate config services/web --format json
    """
    from ik_migrate.api import check_codes
    from ik_migrate.reports.escape import visible_lines

    for path in paths:
        if not path.exists():
            raise click.UsageError(f"no such file or folder: {path}.")
    configuration, _ = configured(paths or (Path(),), **chosen)
    if output_format == "json":
        click.echo(json.dumps(_as_dict(configuration), indent=2))
    else:
        click.echo(visible_lines(_as_text(configuration)))
    check_codes(configuration.options())


def _as_text(configuration: Configuration) -> str:
    """Return the settings as TOML, each with a comment on where it is set."""
    from ik_migrate.config.keys import KEYS, shown

    file = configuration.file if configuration.file else "none"
    lines = [f"# configuration file: {file}"]
    for name in KEYS:
        value, origin = _value_and_origin(configuration, name)
        line = f"# {name} is not set" if value is None else f"{name} = {shown(value)}"
        lines.append(f"{line:<40}  # {origin}")
    return "\n".join(lines)


def _as_dict(configuration: Configuration) -> dict[str, Any]:
    """Return the settings as plain data."""
    from ik_migrate.config.keys import KEYS

    settings = {}
    for name in KEYS:
        value, origin = _value_and_origin(configuration, name)
        settings[name] = {"value": value, "origin": origin}
    return {"file": str(configuration.file.absolute()) if configuration.file else None, "settings": settings}


def _value_and_origin(configuration: Configuration, name: str) -> tuple[object, str]:
    """Return a key's value as written, or its default, and where it is set."""
    from ik_migrate.config.keys import KEYS
    from ik_migrate.model.options import Options

    setting = configuration.settings.get(name)
    if setting is not None:
        return setting.written, setting.origin
    default = getattr(Options(), KEYS[name].field)
    if name == "per-file-ignores":
        return {}, "default"
    return list(default) if isinstance(default, tuple) else default, "default"
