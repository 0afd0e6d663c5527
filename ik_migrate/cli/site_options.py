"""Options of the commands that run the project: snapshot, verify and rehearse."""

from __future__ import annotations

from typing import Any

import click


def site_options(command: Any) -> Any:
    """Give a command the options for how to run the project, and which of its rows to use."""
    for decorate in reversed(
        (
            click.option(
                "--settings",
                metavar="MODULE",
                help="Use these settings  [default: $DJANGO_SETTINGS_MODULE, or those of manage.py].",
            ),
            click.option(
                "--pythonpath",
                "python_paths",
                metavar="FOLDER",
                multiple=True,
                help="Add a folder to sys.path.",
            ),
            click.option(
                "--time-limit",
                metavar="SECONDS",
                type=click.FloatRange(min=0.1),
                default=30.0,
                show_default=True,
                help="Limit the time for one image.",
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
                help="Set the number of rows to use for each model.",
            ),
            click.option("--synthetic", is_flag=True, help="Use made-up images only, and no database."),
        )
    ):
        command = decorate(command)
    return command
