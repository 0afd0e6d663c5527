"""Draw docs/report-html.png: the top of the HTML report on tests/fixtures/photo_site, as Chromium shows it.

python scripts/render_html_screenshot.py

Chromium is found on PATH as ``chromium``, or where ``CHROME`` says; Pillow comes with the extra ``verify``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from ik_migrate.api import scan
from ik_migrate.reports.html_report import write_html

FIXTURES = Path(__file__).resolve().parent.parent / "tests" / "fixtures"
SCREENSHOT = FIXTURES.parent.parent / "docs" / "report-html.png"
SIZE = "1280,1100"
# Few enough for a small file; the page has hardly more.
COLOURS = 64


def draw(program: str, folder: Path) -> Image.Image:
    """Return a screenshot of the report, in few colours.

    Args:
        program: path of Chromium.
        folder: an empty one to work in.
    """
    page, screenshot = folder / "report.html", folder / "report.png"
    with page.open("w", encoding="ascii") as stream:
        write_html(scan([FIXTURES / "photo_site"], base=FIXTURES), stream)
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder}/profile"]
    subprocess.run(
        [program, *options, f"--window-size={SIZE}", f"--screenshot={screenshot}", page.as_uri()],
        check=True,
        capture_output=True,
    )
    with Image.open(screenshot) as drawn:
        return drawn.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)


def main() -> int:
    """Write the screenshot; return the exit status."""
    program = shutil.which(os.environ.get("CHROME", "chromium"))
    if not program:
        print("There is no chromium on PATH: set CHROME.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        draw(program, Path(folder)).save(SCREENSHOT, optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
