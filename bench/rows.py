"""What is measured, and what it has to be measured against."""

from __future__ import annotations

import shutil
import sys
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.timing import Command, Measured, available_processors, side_by_side
from bench.trees import Size, growing_files, growing_trees, linked_copy, make_repository, make_tree

_WALK = """
import os
found = 0
for top, folders, names in os.walk("."):
    for name in names:
        with open(os.path.join(top, name), "rb") as stream:
            found += b"imagekit" in stream.read()
"""
# What a scan of one file with something to do imports, all rules included.
_IMPORTS = (
    "import ik_migrate.cli.scan_and_apply, ik_migrate.api, ik_migrate.engine.run, ik_migrate.engine.pipeline,"
    " ik_migrate.engine.rewrite, ik_migrate.reports.text, libcst; from ik_migrate.engine.registry import checks;"
    " checks()"
)
_FACTORS = (1, 2, 4, 8, 16)


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Args:
        what: what was done.
        seconds: how long it took; 0 where it is not about that.
        compared: how it stands to what it is measured against.
        goal: what is wanted of that; empty where nothing is.
        met: whether it is so.
    """

    what: str
    seconds: float
    compared: str = ""
    goal: str = ""
    met: bool = True


@dataclass(frozen=True)
class Extent:
    """How much is measured.

    Args:
        rounds: how many runs count.
        plain: the tree in which there is nothing to do.
        mixed: the tree with candidates in it.
    """

    rounds: int
    plain: Size
    mixed: Size


FULL = Extent(5, Size(20_000, 0, 600), Size(20_000, 1_000, 200))
QUICK = Extent(3, Size(1_000, 0, 30), Size(1_000, 60, 10))


def ik_migrate() -> str:
    """The command that belongs to this interpreter."""
    return str(Path(sysconfig.get_path("scripts"), "ik-migrate"))


def all_rows(folder: Path, extent: Extent, only: str = "") -> Iterator[tuple[str, list[Row]]]:
    """Measure a heading and its rows at a time.

    Args:
        folder: where the trees are.
        extent: how much to measure.
        only: how the headings start that are wanted.
    """
    tables = {
        "Nothing to do, in git": nothing_to_do,
        "Nothing to do, outside git": outside_git,
        "Start-up": start_up,
        "One file": one_file,
        "Many candidates": many_candidates,
        "Growth with the number of files": growth_in_files,
        "Growth with the size of a file": growth_in_size,
    }
    for heading, measure in tables.items():
        if heading.lower().startswith(only.lower()):
            yield heading, measure(folder, extent)


def nothing_to_do(folder: Path, extent: Extent) -> list[Row]:
    """A large checkout that does not use ImageKit."""
    tree = make_repository(make_tree(folder / f"plain_{extent.plain.python_files}", extent.plain))
    commands = [
        Command("git grep -l imagekit", ["git", "grep", "-l", "imagekit"], tree),
        Command("ik-migrate scan", [ik_migrate(), "scan"], tree, (0,)),
    ]
    ruff = shutil.which("ruff", path=sysconfig.get_path("scripts")) or shutil.which("ruff")
    if ruff:
        arguments = [ruff, "check", "--isolated", "--no-cache", "--quiet", "--select", "AIR", "."]
        commands.append(Command("ruff check --no-cache", arguments, tree))
    found = side_by_side(commands, extent.rounds)
    rows = [_plain(found, commands[0]), _ratio(found, commands[1], commands[0], 2.0)]
    if ruff:
        ours, theirs = found["ik-migrate scan"].median, found["ruff check --no-cache"].median
        rows.append(Row("ruff check --no-cache", theirs, f"{theirs / ours:.2f} x ours", "> 1", theirs > ours))
    return rows


def outside_git(folder: Path, extent: Extent) -> list[Row]:
    """The same files, where there is no git to ask."""
    tree = linked_copy(
        make_tree(folder / f"plain_{extent.plain.python_files}", extent.plain),
        folder / f"plain_{extent.plain.python_files}_no_git",
    )
    commands = [
        Command("os.walk + read + in", [sys.executable, "-c", _WALK], tree),
        Command("ik-migrate scan", [ik_migrate(), "scan"], tree, (0,)),
    ]
    found = side_by_side(commands, extent.rounds)
    return [_plain(found, commands[0]), _ratio(found, commands[1], commands[0], 1.5)]


def start_up(folder: Path, extent: Extent) -> list[Row]:
    """What every call pays."""
    home = folder / "small"
    home.mkdir(parents=True, exist_ok=True)
    (home / "small.py").write_text("import os\n\nprint(os.getcwd())\n", encoding="ascii")
    commands = [
        Command("python -c 'import click'", [sys.executable, "-c", "import click"], home),
        Command("ik-migrate --help", [ik_migrate(), "--help"], home, (0,)),
        Command("ik-migrate scan small.py", [ik_migrate(), "scan", "small.py"], home, (0,)),
    ]
    found = side_by_side(commands, extent.rounds * 4)
    return [_plain(found, commands[0]), *(_ratio(found, command, commands[0], 1.5) for command in commands[1:])]


def one_file(folder: Path, extent: Extent) -> list[Row]:
    """A file with thirty spec fields, from the command line to the report."""
    (path,) = growing_files(folder / "one", (1,))
    parse = f"{_IMPORTS}; libcst.parse_module(open({path.name!r}, 'rb').read())"
    commands = [
        Command("the imports alone", [sys.executable, "-c", _IMPORTS], path.parent),
        Command("and libcst.parse_module", [sys.executable, "-c", parse], path.parent),
        Command("ik-migrate scan models.py", [ik_migrate(), "scan", path.name], path.parent),
    ]
    found = side_by_side(commands, extent.rounds * 2)
    imports, parsed, ours = (found[command.name].median for command in commands)
    limit = imports + 2 * (parsed - imports)
    compared = f"{ours / limit:.2f} x (imports + 2 x parse)"
    return [
        *(_plain(found, command) for command in commands[:2]),
        Row(commands[2].name, ours, compared, "<= 1", ours <= limit),
    ]


def many_candidates(folder: Path, extent: Extent) -> list[Row]:
    """A project that uses ImageKit all over: how much a second process helps, and what the first has to hold."""
    size = extent.mixed
    tree = make_repository(make_tree(folder / f"mixed_{size.python_files}", size))
    large = make_repository(make_tree(folder / f"mixed_{size.python_files}_large", size, candidate_bytes=24_000))
    commands = [
        Command(f"ik-migrate scan --jobs {jobs}", [ik_migrate(), "scan", "--jobs", str(jobs)], tree) for jobs in (1, 2)
    ]
    found = side_by_side(commands, max(1, extent.rounds // 2))
    one, two = (found[command.name] for command in commands)
    memory = [
        Command(name, [ik_migrate(), "scan", "--jobs", "2", "--format", "json"], where)
        for name, where in (("6 kB", tree), ("24 kB", large))
    ]
    peaks = side_by_side(memory, 1, memory=True)
    small_peak, large_peak = peaks["6 kB"].peak, peaks["24 kB"].peak
    grown = f"{large_peak:.0f} MiB, {large_peak / max(small_peak, 1):.2f} x"
    enough = available_processors() > 1
    return [
        _plain(found, commands[0]),
        Row(
            commands[1].name,
            two.median,
            f"{one.median / two.median:.2f} x faster",
            ">= 1.7 x" if enough else "",
            one.median / two.median >= 1.7 or not enough,
        ),
        Row("the same output", 0, "yes" if one.digest == two.digest else "no", "yes", one.digest == two.digest),
        Row("memory of the first process, 6 kB each", 0, f"{small_peak:.0f} MiB"),
        Row("the same, 24 kB each", 0, grown, "<= 1.2 x", large_peak <= 1.2 * small_peak),
    ]


def growth_in_files(folder: Path, extent: Extent) -> list[Row]:
    """One process, more and more candidates."""
    unit = max(10, extent.mixed.candidates // 40)
    places = [(factor, "", tree) for factor, tree in growing_trees(folder / f"growth_{unit}", _FACTORS, unit)]
    return _growth(places, lambda factor: f"{unit * factor} candidates", max(1, extent.rounds // 2))


def growth_in_size(folder: Path, extent: Extent) -> list[Row]:
    """One file that gets longer and longer."""
    paths = growing_files(folder / "growth", _FACTORS)
    places = [(factor, path.name, path.parent) for factor, path in zip(_FACTORS, paths, strict=True)]
    return _growth(places, lambda factor: f"{30 * factor} spec fields, {15 * factor} kB", 2 * extent.rounds)


def _growth(places: list[tuple[int, str, Path]], named: Callable[[int], str], rounds: int) -> list[Row]:
    """What is added from size to size, for each unit, so that it does not matter how long the start takes."""
    commands = [
        Command(named(factor), [ik_migrate(), "scan", "--jobs", "1", *filter(None, [name])], home)
        for factor, name, home in places
    ]
    found = side_by_side(commands, rounds)
    seconds = [found[command.name].median for command in commands]
    factors = [factor for factor, _, _ in places]
    added = [
        (seconds[index] - seconds[index - 1]) / (factors[index] - factors[index - 1]) for index in range(1, len(places))
    ]
    rows = [_plain(found, commands[0])]
    for command, cost in zip(commands[1:], added, strict=True):
        last = command is commands[-1]
        ratio = cost / added[1]
        compared = f"{ratio:.2f} x the cost of a unit from {factors[1]} x to {factors[2]} x"
        whole = found[command.name].median
        rows.append(Row(command.name, whole, compared, "<= 1.25" if last else "", ratio <= 1.25 or not last))
    return rows


def _plain(found: dict[str, Measured], command: Command) -> Row:
    return Row(command.name, found[command.name].median)


def _ratio(found: dict[str, Measured], command: Command, other: Command, limit: float) -> Row:
    ratio = found[command.name].median / found[other.name].median
    return Row(command.name, found[command.name].median, f"{ratio:.2f} x", f"<= {limit} x", ratio <= limit)
