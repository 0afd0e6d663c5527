"""``python -m bench``: how long ik-migrate takes, side by side with what it is measured against.

The trees are made in the folder that ``--folder`` names, 4 GB of them unless ``--quick`` is given, and are kept there
for the next time. Nothing else should be running meanwhile.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
from pathlib import Path

from bench.peers import peer_rows
from bench.rows import FULL, QUICK, Row, all_rows
from bench.timing import available_processors

_COLUMNS = ("", "seconds", "compared", "goal", "met")


def main() -> int:
    """Measure and print; 1 if a goal is not met."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small trees, few runs: only shows that it works")
    parser.add_argument("--peers", action="store_true", help="also the tools that others have, from the package index")
    parser.add_argument("--only", default="", metavar="WORDS", help="only the tables whose heading starts so")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir(), "ik-migrate-bench"))
    arguments = parser.parse_args()
    extent = QUICK if arguments.quick else FULL
    print(f"Python {platform.python_version()}, {available_processors()} processors, {platform.system()}\n")
    missed = 0
    for heading, rows in all_rows(arguments.folder, extent, arguments.only):
        _print_table(heading, rows)
        missed += sum(not row.met for row in rows)
    if arguments.peers:
        for heading, rows in peer_rows(arguments.folder, extent):
            _print_table(heading, rows)
    print(f"Goals that are not met: {missed}." if missed else "All goals are met.")
    return int(bool(missed))


def _print_table(heading: str, rows: list[Row]) -> None:
    cells = [
        (
            row.what,
            f"{row.seconds:.3f}" if row.seconds else "",
            row.compared,
            row.goal,
            ("yes" if row.met else "NO") if row.goal else "",
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in [*cells, _COLUMNS]) for column in range(len(_COLUMNS))]
    print(f"### {heading}\n")
    for line in (_COLUMNS, tuple("-" * width for width in widths), *cells):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |")
    print(flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
