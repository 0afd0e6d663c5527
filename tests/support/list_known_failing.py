"""
Prints the table of the behaviour sites as it would have to be today, see ``behaviour.py``.

    IK_MIGRATE_ENVS=FOLDER python tests/support/list_known_failing.py [--write] [SITE]...

Codes and reasons of lines that still fail are kept; what is new is ``unnamed new``, to be replaced by hand. All
environments are needed, because a line names those in which it fails.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from behaviour import (
    KNOWN_FAILING,
    LABELS,
    RUNS,
    UNNAMED,
    BehaviourSite,
    Table,
    behaviour_sites,
    differences,
    drive,
    load_table,
    migrate_site,
)
from interpreters import INSTALLED, Interpreter, find_interpreters

WIDTH = 116
Failure = tuple[str, str, str]
"""Observation, code and reason."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"replace {KNOWN_FAILING.name}")
    parser.add_argument("names", metavar="SITE", nargs="*", help="print the lines of these sites only")
    options = parser.parse_args(arguments)
    interpreters = find_interpreters()
    missing = set(LABELS) - set(interpreters)
    if missing:
        print(f"no {', '.join(sorted(missing))}: set IK_MIGRATE_ENVS", file=sys.stderr)
        return 2
    sites = [site for site in behaviour_sites() if not options.names or site.name in options.names]
    try:
        text = header() + "".join(section(site, load_table(), interpreters) for site in sites)
    finally:
        for interpreter in interpreters.values():
            interpreter.close()
    if options.write and not options.names:
        KNOWN_FAILING.write_text(text, "utf-8")
    else:
        print(text, end="")
    return 0


def header() -> str:
    """Return what is above the first site: comments and rejected runs."""
    lines = KNOWN_FAILING.read_text("utf-8").splitlines(keepends=True)
    return "".join(itertools.takewhile(lambda line: not line.startswith("["), lines))


def section(site: BehaviourSite, table: Table, interpreters: dict[str, Interpreter]) -> str:
    """Return the lines of one site."""
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for run in site.runs:
            if run in table.rejected:
                continue
            project = Path(folder, run)
            migration = migrate_site(interpreters[INSTALLED], site, run, project)
            if migration.refusal:
                raise SystemExit(f"{site.name}, {' '.join(RUNS[run])}: {migration.refusal}")
            labels: dict[Failure, list[str]] = defaultdict(list)
            for name in LABELS:
                if site.needs_python2 and not interpreters[name].is_python2:
                    continue
                driven = drive(interpreters[name], site, project, Path(folder, "driven.json"))
                known = table.failing(site.name, run, name)
                for observation in differences(site.expected(), driven):
                    line = known.get(observation)
                    code, reason = (line.code, line.reason) if line else (UNNAMED, "new")
                    labels[observation, code, reason].append(name)
            lines.extend(joined(run, labels))
    return f"[{site.name}]\n{''.join(lines)}\n" if lines else ""


def joined(run: str, labels: dict[Failure, list[str]]) -> Iterator[str]:
    """Yield one line for all observations that fail alike, or several where it would be too long."""
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for (observation, code, reason), names in labels.items():
        shown = "all" if tuple(names) == LABELS else ",".join(names)
        groups[code, reason, shown].append(observation)
    for (code, reason, shown), observations in sorted(groups.items()):
        start, end = f"{run} {shown} ", f"  # {code} {reason}"
        line = ""
        for observation in sorted(observations):
            if line and len(start + line + observation + end) > WIDTH:
                yield f"{start}{line}{end}\n"
                line = ""
            line += f",{observation}" if line else observation
        yield f"{start}{line}{end}\n"


if __name__ == "__main__":
    sys.exit(main())
