"""Other tools for such work, each in its own environment, on files where they have nothing to do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

from bench.rows import Extent, Row, ik_migrate
from bench.timing import Command, Measured, side_by_side
from bench.trees import Size, make_repository, make_tree

_FEWER = 200
"""Tools that read each file with LibCST take a second for ten of them: they get one in so many files."""
_QUICK = ("ruff", "ast-grep", "django-upgrade")
_READERS = ("ruff", "ast-grep", "ik-migrate scan")

_RULE = "id: ik\nlanguage: python\nrule: {pattern: imagekit.$X}\n"
_PEERS: dict[str, tuple[str, str]] = {
    "ruff": ("ruff", "ruff check --isolated --no-cache --quiet --select AIR ."),
    "ast-grep": ("ast-grep-cli", "ast-grep scan -r ../ik.yml ."),
    "django-upgrade": (
        "django-upgrade",
        "git ls-files -z -- '*.py' | xargs -0 {bin}/django-upgrade --target-version 1.7",
    ),
    "fixit": ("fixit", "fixit --rules fixit.rules.use_async_sleep_in_async_def lint ."),
    "libcst.tool codemod": (
        "libcst",
        "python -m libcst.tool codemod --no-format --hide-progress -x libcst.codemod.commands.rename.RenameCommand"
        " --old_name=imagekit.models.ImageSpec --new_name=imagekit.models.ImageSpecField .",
    ),
    "bump-pydantic": ("bump-pydantic", "bump-pydantic --diff --log-file ../bump.txt ."),
    "django-codemod": ("django-codemod", "djcodemod run --removed-in 4.0 ."),
}
"""What the package is called, and the command; it is run by a shell where it has a pipe."""


def peer_rows(folder: Path, extent: Extent) -> Iterator[tuple[str, list[Row]]]:
    """Time the peers, a heading and its rows at a time; skip and report those that cannot be installed."""
    (folder / "ik.yml").parent.mkdir(parents=True, exist_ok=True)
    (folder / "ik.yml").write_text(_RULE, encoding="ascii")
    missing = [Row(f"{name}: does not install here", 0) for name in _PEERS if not _install(folder, name)]
    few = Size(extent.plain.python_files // _FEWER, 0, extent.plain.megabytes // _FEWER)
    for size, names in ((extent.plain, _QUICK), (few, tuple(_PEERS))):
        yield f"Other tools, nothing to do in {size.python_files:,} Python files", _rows(folder, size, names, extent)
    if missing:
        yield "Not measured", missing


def _rows(folder: Path, size: Size, names: Collection[str], extent: Extent) -> list[Row]:
    commands = []
    for name in (*names, "ik-migrate scan"):
        # Tools that rewrite what they find get a separate tree.
        own = folder / f"peers_{size.python_files}_{name.replace(' ', '_')}"
        tree = make_repository(make_tree(folder / f"plain_{size.python_files}" if name in _READERS else own, size))
        if name not in _PEERS:
            commands.append(Command(name, [ik_migrate(), "scan"], tree, (0,)))
        elif _bin(folder, name).exists():
            commands.append(Command(name, ["sh", "-c", _command(folder, name)], tree, tuple(range(4))))
    found: dict[str, Measured] = {}
    for command in commands:
        # Each by itself: while a slow one runs, the files of the others may fall out of the page cache.
        found |= side_by_side([command], max(1, extent.rounds // 3))
    ours = found["ik-migrate scan"].median
    times = sorted((measured.median, name) for name, measured in found.items())
    return [Row(name, seconds, f"{seconds / ours:.1f} x ours") for seconds, name in times]


def _bin(folder: Path, name: str) -> Path:
    return folder / "environments" / name.replace(" ", "_") / ("Scripts" if sys.platform == "win32" else "bin")


def _command(folder: Path, name: str) -> str:
    command = _PEERS[name][1]
    here = _bin(folder, name)
    return command.format(bin=here) if "{bin}" in command else f"{here}/{command}"


def _install(folder: Path, name: str) -> bool:
    """Make the environment, if it is not there; whether that succeeded."""
    here = _bin(folder, name)
    if here.exists():
        return True
    subprocess.run([sys.executable, "-m", "venv", str(here.parent)], check=True)
    arguments = [
        str(here / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        _PEERS[name][0],
    ]
    return subprocess.run(arguments).returncode == 0
