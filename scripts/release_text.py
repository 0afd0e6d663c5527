"""How to install ik-migrate, in every page that says so: the one place to change at a release.

For the first release, set IS_RELEASED to True; for each release, change `ik_migrate.model.version.VERSION`. Then:

python scripts/release_text.py           writes the pages
python scripts/release_text.py --check   writes nothing, exits 1 if a page is out of date
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ik_migrate.model.version import VERSION

IS_RELEASED = False

ROOT = Path(__file__).resolve().parent.parent
_VERSION = r"\d[\w.]*"


class Place(NamedTuple):
    """A text that depends on whether there is a release.

    Args:
        page: the page, from the top of the repository.
        before: the text before the first release.
        after: the text after it; ``{version}`` is the version.
    """

    page: str
    before: str
    after: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """What matches either text, of any version."""
        released = re.escape(self.after).replace(re.escape("{version}"), _VERSION)
        return re.compile(f"(?:{re.escape(self.before)}|{released})(?=\\s)")

    def text(self, *, is_released: bool, version: str) -> str:
        """The text that belongs there."""
        return self.after.replace("{version}", version) if is_released else self.before


_ACTION = ("uses: ik-migrate/ik-migrate@main", "uses: ik-migrate/ik-migrate@v{version}")
_HOOK = (
    "repo: https://github.com/ik-migrate/ik-migrate\n    rev: main",
    "repo: https://github.com/ik-migrate/ik-migrate\n    rev: v{version}",
)
PLACES = (
    Place(
        "README.md",
        "There is no release yet. Install the command from a clone of this repository, in an environment apart from"
        " your project:",
        "Install the command in an environment apart from your project:",
    ),
    Place("README.md", "\npipx install ./ik-migrate", "\npipx install ik-migrate"),
    Place(
        "README.md",
        "The GitHub Action annotates the lines of a pull request. Until there is a release, name a commit instead of a"
        " version:",
        "The GitHub Action annotates the lines of a pull request:",
    ),
    Place("README.md", *_ACTION),
    Place("README.md", *_HOOK),
    Place(
        "docs/ci.md",
        "There is no release yet, so the examples use the branch `main`; use a commit instead to pin the version.",
        "The examples use version {version}.",
    ),
    Place("docs/ci.md", *_ACTION),
    Place("docs/ci.md", *_HOOK),
    Place(
        "docs/ci.md", "pip install git+https://github.com/ik-migrate/ik-migrate", "pip install ik-migrate=={version}"
    ),
    Place(
        "docs/ci.md",
        "deps = ik-migrate @ git+https://github.com/ik-migrate/ik-migrate",
        "deps = ik-migrate=={version}",
    ),
    Place(
        "docs/editors.md",
        "Install it with `pipx install ./ik-migrate` from a clone, or use",
        "Install it with `pipx install ik-migrate`, or use",
    ),
)


def rendered(*, is_released: bool = IS_RELEASED, version: str = VERSION) -> dict[str, str]:
    """Return each page with the text that belongs there.

    Raises:
        LookupError: when a page has neither text of a place.
    """
    pages = {name: (ROOT / name).read_text("utf-8") for name in dict.fromkeys(place.page for place in PLACES)}
    for place in PLACES:
        text = place.text(is_released=is_released, version=version).replace("\\", r"\\")
        pages[place.page], count = place.pattern.subn(text, pages[place.page])
        if not count:
            raise LookupError(f"{place.page} has neither {place.before!r} nor {place.after!r}")
    return pages


def main(arguments: Sequence[str] | None = None) -> int:
    """Run with these arguments, by default those of the process; return the exit status."""
    parser = argparse.ArgumentParser(description="Write how to install ik-migrate into the documentation.")
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if a page is out of date")
    options = parser.parse_args(arguments)
    outdated = {name: text for name, text in rendered().items() if (ROOT / name).read_text("utf-8") != text}
    if not options.check:
        for name, text in outdated.items():
            (ROOT / name).write_text(text, "utf-8", newline="\n")
        return 0
    for name in outdated:
        print(f"{name} is out of date. Run: python scripts/release_text.py", file=sys.stderr)
    return int(bool(outdated))


if __name__ == "__main__":
    sys.exit(main())
