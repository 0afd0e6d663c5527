"""Draw docs/report.svg: the output of ``ik-migrate scan`` for tests/fixtures/photo_site.

python scripts/render_screenshot.py
"""

from __future__ import annotations

import io
import os
import re
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from ik_migrate.api import scan
from ik_migrate.model.report import Report
from ik_migrate.reports.terminal import make_console
from ik_migrate.reports.text import print_report

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 100
HEAD_LINES = 44
_STEPS = "Next steps"
# Fonts from the network would make the image differ from run to run.
_FONT_FACE = re.compile(r"[ \t]*@font-face \{.*?\}\n", re.DOTALL)
_FONT = ("Fira Code, monospace", "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace")


def draw(report: Report) -> str:
    """Return the report as SVG: its beginning and its end, the same for the same report."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="standard")
    console.print(Text("$ ik-migrate scan photo_site\n", style="bold"))
    for line in _shortened(report):
        console.print(line, soft_wrap=True)
    drawn = console.export_svg(title="ik-migrate", unique_id="ik-migrate")
    drawn = _FONT_FACE.sub("", drawn).replace(*_FONT)
    return "\n".join(line.rstrip() for line in drawn.splitlines()) + "\n"


def _shortened(report: Report) -> list[Text]:
    """Return the lines of the report without those in the middle."""
    stream = io.StringIO()
    console = make_console(stream, color=True, width=WIDTH)
    console.legacy_windows = False
    print_report(console, report)
    lines = Text.from_ansi(stream.getvalue()).split("\n")
    summary = next((number - 2 for number, line in enumerate(lines) if line.plain.startswith(_STEPS)), len(lines))
    if summary <= HEAD_LINES:
        return list(lines)
    cut = next((number for number in range(HEAD_LINES, 0, -1) if not lines[number].plain.strip()), HEAD_LINES)
    return [
        *lines[:cut],
        Text(),
        Text(f"... {summary - cut} lines more ...", style="dim"),
        Text(),
        *lines[summary:],
    ]


def main() -> int:
    """Draw the image; return the exit status."""
    here = Path.cwd()
    os.chdir(ROOT / "tests" / "fixtures")
    try:
        report = scan([Path("photo_site")])
    finally:
        os.chdir(here)
    (ROOT / "docs" / "report.svg").write_text(draw(report), "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
