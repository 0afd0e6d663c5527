"""Record what the tool reports and writes for the fixtures and for released projects, and compare records.

python scripts/record_outputs.py record DIR            one JSON file per project below DIR
python scripts/record_outputs.py compare DIR_A DIR_B   a unified diff per project; exit status 1 if anything differs

A record holds, for each set of options, the report of ``scan --format json`` and the files as ``apply`` writes them.
It does not depend on the machine, the folder or the time.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import gc
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from released_projects import RELEASES, CannotFetch, Release, unpack_release

from ik_migrate.engine.registry import rules  # the samples of the rules are not in the Python API

FIXTURES = Path(__file__).resolve().parent.parent / "tests" / "fixtures"
OPTION_SETS = {
    "default": (),
    "unsafe": ("--unsafe-fixes",),
    "unsafe, names kept": ("--unsafe-fixes", "--keep-cache-names"),
}
PARTS = ("scan", "written")
_NOT_SOURCE = shutil.ignore_patterns("__pycache__", "*.pyc")

Record = dict[str, Any]


@dataclass(frozen=True)
class Project:
    """Something to record.

    Args:
        name: its path below the folder of the records, without ``.json``.
        origin: a folder, a single file that becomes ``models.py``, the files themselves, or a release.
    """

    name: str
    origin: Path | dict[str, bytes] | Release

    def place(self, folder: Path, cache: Path) -> Path:
        """Put a copy of its files below ``folder``, which is empty, and return the folder that holds it.

        Raises:
            CannotFetch: when it is a release that cannot be had.
        """
        if isinstance(self.origin, Release):
            return unpack_release(self.origin, cache, folder)
        copy = folder / "project"
        if isinstance(self.origin, dict):
            for path, data in self.origin.items():
                (copy / path).parent.mkdir(parents=True, exist_ok=True)
                (copy / path).write_bytes(data)
        elif self.origin.is_dir():
            shutil.copytree(self.origin, copy, ignore=_NOT_SOURCE, copy_function=shutil.copyfile)
        else:
            copy.mkdir(parents=True)
            shutil.copyfile(self.origin, copy / "models.py")
        return copy


def fixture_projects() -> Iterator[Project]:
    """Yield all projects of the fixtures, and the samples of the rules."""
    for case in sorted(path for path in (FIXTURES / "rules").glob("*/*") if path.is_dir()):
        single = case / "before.py"
        yield Project(f"rules/{case.parent.name}/{case.name}", single if single.exists() else case / "before")
    for folder in ("sites", "cases"):
        for site in sorted(path for path in (FIXTURES / folder).glob("*") if path.is_dir()):
            yield Project(f"{folder}/{site.name}", site)
    for name in ("photo_site", "custom_backends", "verify_site"):
        yield Project(f"sites/{name}", FIXTURES / name)
    for code, rule in sorted(rules().items()):
        if code.startswith("IK"):  # not those of other packages that happen to be installed
            yield Project(f"samples/{code}", {rule.path: rule.before.encode()})


def released_projects() -> Iterator[Project]:
    """Yield the release files of projects of that time."""
    for release in RELEASES:
        yield Project(f"released/{release.label}", release)


def record_project(project: Project, cache: Path) -> Record:
    """Run the tool on a project with each set of options.

    Raises:
        CannotFetch: when it is a release that cannot be had.
    """
    record: Record = {"project": project.name}
    with tempfile.TemporaryDirectory() as temporary:
        original = project.place(Path(temporary, "original"), cache)
        before = _read_tree(original)
        for label, options in OPTION_SETS.items():
            copy = Path(temporary, "copy")
            shutil.copytree(original, copy, symlinks=True, copy_function=shutil.copyfile)  # never read-only
            report = Path(temporary, "report.json")
            run_tool(copy, "scan", *options, "--output", f"json={report}")
            scan = json.loads(report.read_text("utf-8"))
            del scan["run"]  # When and where it ran is no part of what it says.
            run_tool(copy, "apply", *options)
            after = _read_tree(copy)
            # A list of lines, so that differences between records can be read.
            written = {
                path: data.decode("utf-8", "surrogateescape").splitlines(keepends=True)
                for path, data in after.items()
                if data != before.get(path)
            }
            removed = sorted(before.keys() - after.keys())
            record[label] = {"scan": scan, "written": written, **({"removed": removed} if removed else {})}
            shutil.rmtree(copy)
    return record


def _read_tree(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def run_tool(folder: Path, *arguments: str) -> None:
    """Run the command line in this process, in ``folder``.

    Raises:
        RuntimeError: when it ends with a status that it does not document.
    """
    (command,) = entry_points(group="console_scripts", name="ik-migrate")
    with _working_in(folder), contextlib.redirect_stderr(io.StringIO()):  # the report has all of it
        try:
            command.load()([*arguments, "--no-config", "--quiet", "--jobs", "1"])
        except SystemExit as end:
            if end.code not in (0, 1, 2, None):
                raise RuntimeError(f"{arguments} ended with {end.code}") from None
        finally:
            # The command line works without the garbage collector: its process ends soon, this one does not.
            gc.enable()
            gc.unfreeze()


@contextlib.contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    """Change the current folder, as `contextlib.chdir` of Python 3.11 does."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def record(folder: Path, projects: Sequence[Project], cache: Path, jobs: int) -> list[str]:
    """Write one file per project below ``folder``; return what went wrong."""
    problems = []
    with ProcessPoolExecutor(jobs) as pool:
        running = [(project, pool.submit(record_project, project, cache)) for project in projects]
        for project, future in running:
            target = folder / f"{project.name}.json"
            try:
                text = json.dumps(future.result(), indent=1) + "\n"
            except CannotFetch as error:
                problems.append(f"{project.name}: {error}")
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "ascii")
    return problems


def compare(before: Path, after: Path, parts: Sequence[str] = PARTS) -> Iterator[str]:
    """Yield a unified diff for each project whose record differs.

    Args:
        before: a folder of records.
        after: another.
        parts: what to compare, of `PARTS`.
    """
    names = {path.relative_to(folder) for folder in (before, after) for path in folder.rglob("*.json")}
    for name in sorted(names):
        texts = [_comparable(folder / name, parts) for folder in (before, after)]
        if texts[0] != texts[1]:
            labels = (f"{before.name}/{name.as_posix()}", f"{after.name}/{name.as_posix()}")
            yield "\n".join(difflib.unified_diff(texts[0], texts[1], labels[0], labels[1], lineterm=""))


def _comparable(path: Path, parts: Sequence[str]) -> list[str]:
    """Return the lines of a record, of these parts only; none where there is no such file."""
    if not path.exists():
        return []
    text = path.read_text("ascii")
    if set(parts) != set(PARTS):
        outputs = {key: value for key, value in json.loads(text).items() if key in OPTION_SETS}
        text = json.dumps({key: {part: value[part] for part in parts} for key, value in outputs.items()}, indent=1)
    return text.splitlines()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run with these arguments, those of the process by default; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    recording = commands.add_parser("record", help="write records below DIR")
    recording.add_argument("folder", type=Path, metavar="DIR")
    default_cache = Path(tempfile.gettempdir(), "ik-migrate-releases")
    recording.add_argument("--cache", type=Path, default=default_cache, help="folder that keeps release files")
    recording.add_argument("--no-releases", action="store_true", help="record the fixtures only, download nothing")
    recording.add_argument("--only", default="", metavar="WORDS", help="only projects whose name starts so")
    recording.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="number of processes")
    comparing = commands.add_parser("compare", help="compare the records of two folders")
    comparing.add_argument("before", type=Path, metavar="DIR_A")
    comparing.add_argument("after", type=Path, metavar="DIR_B")
    comparing.add_argument("--part", choices=PARTS, help="compare only the reports, or only the written files")
    options = parser.parse_args(arguments)
    if options.command == "record":
        if options.folder.exists() and any(options.folder.iterdir()):
            parser.error(f"{options.folder} is not empty")
        projects = [*fixture_projects(), *(() if options.no_releases else released_projects())]
        projects = [project for project in projects if project.name.startswith(options.only)]
        problems = record(options.folder, projects, options.cache, options.jobs)
        print(f"{len(projects) - len(problems)} projects recorded in {options.folder}.")
        for problem in problems:
            print(problem, file=sys.stderr)
        return int(bool(problems))
    for folder in (options.before, options.after):
        if not folder.is_dir():
            parser.error(f"{folder} is not a folder")
    differing = 0
    for diff in compare(options.before, options.after, (options.part,) if options.part else PARTS):
        print(diff)
        differing += 1
    print(f"{differing} projects differ." if differing else "No differences.", file=sys.stderr)
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main())
