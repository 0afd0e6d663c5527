"""Paths of the command line."""

from __future__ import annotations

import os
from pathlib import Path

import click


class GivenPath(click.Path):
    """A path that is not empty: an unset variable of a script must not stand for the current folder."""

    def __init__(self, *, dir_okay: bool = True) -> None:
        super().__init__(dir_okay=dir_okay, path_type=Path)

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """The path as a `Path`.

        Raises:
            click.BadParameter: when it is empty, or a folder where a file is wanted.
        """
        if not os.fspath(value):
            self.fail("a path is empty; '.' is the current folder.", param, ctx)
        return super().convert(value, param, ctx)
