"""``python -m bench.suggestions``: paste the code that findings suggest for all fixtures, and see what does not work.

Prints what is wrong with it. ``--update-known`` also writes it to the table of known failures that
``tests/projects/test_pasted_suggestions.py`` compares with. The exit status is 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

from nets.known import write_section
from nets.pasted_sites import image_failures
from nets.pasting import Failure, failures_of
from record_outputs import fixture_projects

CHUNKS = 12


def project_files() -> dict[str, dict[str, bytes]]:
    """Return the files of each fixture project and sample, by its name."""
    found = {}
    for project in fixture_projects():
        with tempfile.TemporaryDirectory() as temporary:
            folder = project.place(Path(temporary, "project"), Path(temporary))
            paths = sorted(path for path in folder.rglob("*") if path.is_file())
            found[project.name] = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return found


def chunk(projects: dict[str, dict[str, bytes]], index: int) -> dict[str, dict[str, bytes]]:
    """Return one of `CHUNKS` parts of the projects, which take about as long as each other."""
    return {name: projects[name] for name in sorted(projects)[index::CHUNKS]}


def names_by_kind(failures: Iterable[Failure]) -> dict[str, list[str]]:
    """Return what fails as it stands in the table of known failures."""
    found: dict[str, set[str]] = {}
    for failure in failures:
        found.setdefault(failure.kind, set()).add(failure.name)
    return {kind: sorted(names) for kind, names in sorted(found.items())}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run with these arguments, those of the process by default; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.suggestions", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="number of processes")
    parser.add_argument("--update-known", action="store_true", help="write what fails to known_failures.toml")
    options = parser.parse_args(arguments)
    projects = project_files()
    with ProcessPoolExecutor(options.jobs) as pool:
        done = list(pool.map(failures_of, [chunk(projects, index) for index in range(CHUNKS)]))
    failures = [failure for found, _ in done for failure in found]
    pasted = [project for _, found in done for project in found]
    failures += image_failures()
    if options.update_known:
        write_section("suggestions", names_by_kind(failures))
    rules = sorted({rule for project in pasted for rule in project.rules})
    print(f"{sum(project.count for project in pasted)} suggestions of {len(rules)} rules pasted: {', '.join(rules)}.")
    print(f"{sum(project.to_fill_in for project in pasted)} more have to be filled in by their readers.\n")
    for failure in sorted(failures, key=lambda item: (item.kind, item.name)):
        print(f"{failure.kind}: {failure.name}: {failure.message}")
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
