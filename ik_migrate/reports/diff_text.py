"""The diff of one file for a terminal: coloured, and safe whatever the file holds."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from ik_migrate.model.result import FileResult
from ik_migrate.reports.code_frame import expand
from ik_migrate.reports.diff import unified_diff
from ik_migrate.reports.terminal import print_line
from ik_migrate.source.original_text import decoded_lines

_STYLES = {"-": "red", "+": "green", "@": "cyan"}


def print_diff(console: Console, result: FileResult) -> None:
    """Print what a rewrite changes in one file, without the lines that name the file."""
    _, _, *hunks = unified_diff(result).splitlines(keepends=True) or [b"", b""]
    for line in hunks:
        text = decoded_lines(line.rstrip(b"\r\n"), result.encoding)[0]
        print_line(console, Text("".join(expand(text, console.encoding)), style=_STYLES.get(text[:1], "")))
