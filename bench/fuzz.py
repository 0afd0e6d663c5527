"""``python -m bench.fuzz``: any bytes at all through reader, Python 2 parser, rules, rewrite and diff.

Guided by coverage where Atheris is installed (``pip install atheris``), else by chance alone. It stops at the first
input over which something fails, and writes that to a file. An input fails when an exception comes out, when it takes
more than ten seconds of the processor, when a rewrite had to be withdrawn, or when a line was changed that no finding
is about.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ik_migrate.model.result import FileResult
    from ik_migrate.project.project import Project

_FIXTURES = Path(__file__).parent.parent / "tests" / "fixtures"
_NAMES = ("models.py", "models.py", "models.py", "settings.py", "page.html", "requirements.txt", "deploy.sh", "tox.ini")
_SECONDS = 10
_HANGING = 120
"""Seconds of the clock, on a machine that may be busy with other things."""
_LARGEST = 6000
_NEWLINE = re.compile(rb"\r\n|\r|\n")


class Wrong(Exception):
    """What must not happen, has."""


def try_one(data: bytes) -> None:
    """Put one input through; its first byte says which kind of file it is and with which options.

    Raises:
        Wrong: when something is not as it should be.
    """
    from ik_migrate.engine.pipeline import migrate_bytes
    from ik_migrate.model.options import Options
    from ik_migrate.model.result import Status
    from ik_migrate.project.project import Project
    from ik_migrate.reports.diff import unified_diff

    kind, data = data[0] if data else 0, data[1:]
    options = Options(unsafe_fixes=bool(kind & 8), todo=bool(kind & 16), keep_cache_names=bool(kind & 32))
    root = Path(tempfile.gettempdir(), "ik-migrate-fuzz-is-not-there")
    name = _NAMES[kind % len(_NAMES)]
    started = time.process_time()
    project = Project(root)
    result = migrate_bytes(project, root / name, name, data, options)
    if time.process_time() - started > _SECONDS:
        raise Wrong("it takes too long")
    if "report this" in result.reason:
        raise Wrong(result.reason)
    if result.status is not Status.CHANGED:
        if result.after != data:
            raise Wrong(f"{result.status} and changed all the same")
        return
    if not unified_diff(result):
        raise Wrong("changed without a difference")
    if name.endswith(".py"):
        _check_other_lines(Project(root), root / name, result)


def _check_other_lines(project: Project, path: Path, result: FileResult) -> None:
    """Raise Wrong if a line is missing that no rewrite concerns; new lines may be between the others."""
    lines = _NEWLINE.split(result.before)
    after = iter(_NEWLINE.split(result.after))
    touched = _touched(project, path, result)
    for number, line in enumerate(lines):
        if number not in touched and line not in after:
            raise Wrong(f"line {number + 1} was changed: {line!r}")


def _touched(project: Project, path: Path, result: FileResult) -> set[int]:
    """The 0-based numbers of the lines that the rewrites are about."""
    from ik_migrate.codegen.shared_objects import shared_objects
    from ik_migrate.imagekit.spec_field import spec_fields
    from ik_migrate.model.change import CALL_CHANGES, Edit

    module = project.load(path, result.before)
    text = module.text
    ends = {spec.offset: text.end(spec.call) for spec in spec_fields(module)}
    # Imports go when nothing uses them any more.
    ranges = [
        (text.start(node), text.end(node)) for node in text.nodes if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    # So do objects that only the rewritten code used, with the blank lines below them.
    for _, statement in shared_objects(module):
        end = text.end(statement)
        below = text.source.text[end:]
        ranges.append((text.start(statement), end + len(below) - len(below.lstrip())))
    for finding in result.applied:
        for change in finding.changes:
            if isinstance(change, Edit):
                ranges.append((change.start, change.end))
            elif isinstance(change, CALL_CHANGES):
                ranges.append((change.call, ends[change.call]))
    line_of = text.source.line_of
    return {line for start, end in ranges for line in range(line_of(start), line_of(end) + 1)}


def seeds() -> list[bytes]:
    """The fixtures, each as a Python file and as another one."""
    files = sorted(path for path in _FIXTURES.rglob("*") if path.is_file() and path.suffix in {".py", ".html", ".txt"})
    contents = [path.read_bytes()[:_LARGEST] for path in files]
    return [bytes([kind]) + data for data in contents for kind in (0, 0b11000, 0b1100)]


def by_chance(inputs: int, seed: int) -> Iterator[bytes]:
    """Inputs that are mutations of the seeds."""
    chance, known = random.Random(seed), seeds()
    pieces = sorted({word for data in known for word in data.split()})
    for _ in range(inputs):
        data = bytearray(chance.choice(known))
        for _ in range(chance.randint(0, 6)):
            at = chance.randrange(len(data) + 1)
            to = min(len(data), at + chance.choice((0, 1, 1, 2, 8, 60)))
            other = chance.choice(known)
            start = chance.randrange(len(other))
            data[at:to] = chance.choice(
                (
                    b"",
                    chance.choice(pieces),
                    bytes([chance.randrange(256)]),
                    other[start : start + chance.randrange(200)],
                    chance.choice((b"\n", b"\r", b"\t", b"\\\n", b"(", b")", b"#", b"'", b'"""', b"\x0c", b"    ")),
                )
            )
        yield bytes(data)


def main() -> int:
    """Try the requested number of inputs; return 1 if one of them fails."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--failed", type=Path, default=Path("fuzz-failed"), help="where to write an input that fails")
    arguments = parser.parse_args()
    try:
        atheris = importlib.import_module("atheris")
    except ImportError:
        return _run_by_chance(arguments.inputs, arguments.seed, arguments.failed)
    with atheris.instrument_imports(include=["ik_migrate"]):
        import ik_migrate.engine.rewrite  # noqa: F401
        from ik_migrate.engine.registry import checks

        checks()

    def try_and_keep(data: bytes) -> None:
        try:
            try_one(data)
        except BaseException:
            arguments.failed.write_bytes(data)
            raise

    with tempfile.TemporaryDirectory() as corpus:
        for number, data in enumerate(seeds()):
            Path(corpus, f"{number:05}").write_bytes(data)
        limits = [f"-runs={arguments.inputs}", f"-timeout={_HANGING}", f"-max_len={_LARGEST}"]
        more = [f"-seed={arguments.seed or 1}", f"-artifact_prefix={arguments.failed}-", corpus]
        atheris.Setup([sys.argv[0], *limits, *more], try_and_keep)
        atheris.Fuzz()
    return 0


def _run_by_chance(inputs: int, seed: int, failed: Path) -> int:
    started = time.monotonic()
    for number, data in enumerate(by_chance(inputs, seed), 1):
        try:
            try_one(data)
        except BaseException:
            failed.write_bytes(data)
            print(f"Input {number} fails, see {failed}.", file=sys.stderr)
            raise
    print(f"{inputs} inputs in {time.monotonic() - started:.0f} s, none failed.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
