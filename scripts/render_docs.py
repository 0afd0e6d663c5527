"""Write the pages of the rules, docs/rules/, from the rules themselves.

python scripts/render_docs.py           writes them
python scripts/render_docs.py --check   writes nothing, exits 1 when a page is not as it would be written
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ik_migrate.engine.registry import rules
from ik_migrate.reports.rule_page import rule_markdown, rules_markdown

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "rules"
_NOTE = "<!-- Written by scripts/render_docs.py from the rules in codemods/. Edit them there. -->\n\n"


def pages() -> dict[str, str]:
    """File name and content of every page, seen from the folder of the rules."""
    # Not those of other packages that happen to be installed.
    own = {code: rule for code, rule in rules().items() if code.startswith("IK")}
    found = {f"{code}.md": _NOTE + rule_markdown(rule) for code, rule in own.items()}
    found["README.md"] = _NOTE + rules_markdown(own.values())
    return found


def stale(folder: Path) -> list[str]:
    """What is wrong with the pages in ``folder``, one line for each."""
    wanted = pages()
    there = {path.name for path in folder.glob("*.md")}
    problems = [f"{name}: there is no such rule" for name in sorted(there - wanted.keys())]
    for name, content in wanted.items():
        if not (folder / name).is_file():
            problems.append(f"{name}: is missing")
        elif (folder / name).read_text("utf-8") != content:
            problems.append(f"{name}: is out of date")
    return problems


def write(folder: Path) -> None:
    """Write all pages, and remove those of removed rules."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, content in wanted.items():
        (folder / name).write_text(content, "utf-8", newline="\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run with these arguments, those of the process by default; returns the exit status."""
    parser = argparse.ArgumentParser(description="Write the pages of the rules.")
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 when a page is out of date")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the pages stand")
    options = parser.parse_args(arguments)
    if not options.check:
        write(options.folder)
        return 0
    problems = stale(options.folder)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print("Run: python scripts/render_docs.py", file=sys.stderr)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
