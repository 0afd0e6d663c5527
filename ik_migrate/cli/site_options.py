"""Options of the commands that run the project: snapshot, verify and rehearse."""

from __future__ import annotations

from typing import Any

import click


def site_options(command: Any) -> Any:
    """Give a command the options that say how to run the project, and which of its rows to look at."""
    for decorate in reversed(
        (
            click.option(
                "--settings",
                metavar="MODULE",
                help="The settings; if not given, $DJANGO_SETTINGS_MODULE, or what manage.py names.",
            ),
            click.option(
                "--pythonpath",
                "python_paths",
                metavar="FOLDER",
                multiple=True,
                help="One more folder to import from, as manage.py puts on sys.path.",
            ),
            click.option(
                "--time-limit",
                metavar="SECONDS",
                type=click.FloatRange(min=0.1),
                default=30.0,
                show_default=True,
                help="For one image.",
            ),
            click.option(
                "--no-behaviours",
                is_flag=True,
                help="Do not check what happens to files when rows are saved and deleted.",
            ),
            click.option(
                "--sample",
                metavar="N",
                type=click.IntRange(min=0),
                default=5,
                show_default=True,
                help="Rows to look at, for each model.",
            ),
            click.option("--synthetic", is_flag=True, help="Use made-up rows and images only, and no database."),
        )
    ):
        command = decorate(command)
    return command
