"""The options that ``scan`` and ``apply`` have in common, and what they mean."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ik_migrate.options import Options


def run_options(command: Any) -> Any:
    """Give a command the options that scan and apply have in common."""
    for decorate in reversed(
        (
            click.argument("paths", nargs=-1, type=click.Path(path_type=Path)),
            click.option("--unsafe-fixes", is_flag=True, help="Also make rewrites that can change behaviour."),
            click.option("--select", metavar="CODES", default="", help="Only these rules: IK101,IK2."),
            click.option("--ignore", metavar="CODES", default="", help="All rules but these."),
            click.option("--exclude", metavar="PATTERN", multiple=True, help="Leave out matching paths."),
            click.option(
                "--keep-cache-names",
                is_flag=True,
                help="Keep the file names of ImageKit 2, so that no picture is remade.",
            ),
            click.option(
                "--target",
                metavar="VERSION",
                default=None,
                help="The version of ImageKit to move to: 3.0, 3.3, 4.0, 4.1, 5.0 or 6.1 (the default).",
            ),
            click.option("--exit-zero", is_flag=True, help="Exit with 0 where it would be 1."),
        )
    ):
        command = decorate(command)
    return command


def options_from(select: str, ignore: str, target: str | None, **chosen: Any) -> Options:
    """The options of a run, from the values of `run_options`.

    Raises:
        click.BadParameter: when there is no such rule or target.
    """
    from ik_migrate.options import Options
    from ik_migrate.targets import DEFAULT_TARGET, TARGETS

    chosen["target"] = target or DEFAULT_TARGET
    if chosen["target"] not in TARGETS:
        raise click.BadParameter(f"there is no {target!r}; there are {', '.join(TARGETS)}", param_hint="--target")
    return Options(select=_codes(select, "--select"), ignore=_codes(ignore, "--ignore"), **chosen)


def _codes(text: str, option: str) -> tuple[str, ...]:
    """Codes of rules, or their beginnings, from an option's value."""
    codes = tuple(code.strip().upper() for code in text.split(",") if code.strip())
    if codes:
        from ik_migrate import codemod

        for code in codes:
            if not any(known.startswith(code) for known in codemod.rules()):
                raise click.BadParameter(f"no rule starts with {code!r}; see: ik-migrate rules", param_hint=option)
    return codes
