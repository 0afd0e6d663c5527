"""The trees that the benchmark runs on. They are the same each time: nothing in them is left to chance."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench.code_samples import models_with_specs, plain_module, views_of_pictures

FILES_OF_AN_APP = 20
_OTHER_KINDS = (("js", 60_000), ("css", 25_000), ("html", 6_000), ("json", 20_000), ("svg", 8_000), ("png", 22_000))


@dataclass(frozen=True)
class Size:
    """How large a tree is.

    Args:
        python_files: how many Python files it has.
        candidates: how many of them use ImageKit.
        megabytes: what all its files have together.
    """

    python_files: int
    candidates: int
    megabytes: int


def make_tree(folder: Path, size: Size, candidate_bytes: int = 6_000) -> Path:
    """Make a Django project in ``folder``, if it is not there: apps of twenty modules, and what goes with them.

    Args:
        folder: where to.
        size: how large it is.
        candidate_bytes: how long each file is, at the least, that uses ImageKit.
    """
    if (folder / "manage.py").exists():
        return folder
    random = Random(2012)
    apps = size.python_files // FILES_OF_AN_APP
    written = 0
    for app in range(apps):
        home = folder / f"part_{app // 50:02}" / f"app_{app:04}"
        home.mkdir(parents=True)
        for number in range(FILES_OF_AN_APP):
            length = int(random.paretovariate(1.6) * 2_500)
            text = plain_module(random, min(length, 60_000))
            if number == 0:
                # Every app up to the last one has its share of the candidates.
                share = size.candidates * (app + 1) // apps - size.candidates * app // apps
                text = models_with_specs(random, 4, candidate_bytes) if share else text
            elif number == 1 and size.candidates and app % 5 == 0:
                text = views_of_pictures(random, 4_000)
            written += (home / _name_of_module(number)).write_text(text, encoding="ascii")
    _add_other_files(folder, random, size.megabytes * 1_000_000 - written, size.python_files)
    (folder / "manage.py").write_text("import django\n", encoding="ascii")
    return folder


def _name_of_module(number: int) -> str:
    named = ("models.py", "views.py", "admin.py", "forms.py", "urls.py", "__init__.py")
    return named[number] if number < len(named) else f"test_part_{number}.py"


def _add_other_files(folder: Path, random: Random, size: int, count: int) -> None:
    """Scripts, templates and images of ``size`` bytes together, about ``count`` files."""
    text = "\n".join(plain_module(random, 60_000) for _ in range(40)).encode()
    noise = random.randbytes(1_000_000)
    usual = sum(usual for _, usual in _OTHER_KINDS) / len(_OTHER_KINDS)
    scale = size / max(count, 1) / usual
    for number in range(count if size > 0 else 0):
        kind, usual_length = _OTHER_KINDS[number % len(_OTHER_KINDS)]
        length = int(usual_length * scale)
        pool = noise if kind == "png" else text
        start = random.randrange(max(1, len(pool) - length))
        home = folder / f"static_{number // 500:02}"
        home.mkdir(parents=True, exist_ok=True)
        (home / f"part_{number:05}.{kind}").write_bytes(pool[start : start + length])


def linked_copy(tree: Path, copy: Path) -> Path:
    """The same files in another folder, without ``.git``; hard links, so that they take no more room."""
    if copy.exists():
        return copy
    for top, folders, names in os.walk(tree):
        if ".git" in folders:
            folders.remove(".git")
        here = copy / Path(top).relative_to(tree)
        here.mkdir(parents=True)
        for name in names:
            os.link(Path(top, name), here / name)
    return copy


def make_repository(tree: Path) -> Path:
    """Put a tree under git, if it is not."""
    if not (tree / ".git").exists():
        git(tree, "init", "-q")
        git(tree, "config", "core.compression", "0")
        git(tree, "config", "gc.auto", "0")
        git(tree, "add", "-A")
        identity = ("-c", "user.name=Benchmark", "-c", "user.email=benchmark@example.com")
        git(tree, *identity, "commit", "-q", "-m", "All of it")
    return tree


def git(tree: Path, *arguments: str) -> None:
    """Run git in a tree.

    Raises:
        subprocess.CalledProcessError: when it fails.
    """
    subprocess.run(["git", "-C", str(tree), *arguments], check=True)


def growing_trees(folder: Path, factors: Iterable[int], unit: int) -> Iterator[tuple[int, Path]]:
    """Projects with more and more candidates: ``unit`` of them times each factor, one in twenty files."""
    for factor in factors:
        size = Size(unit * factor * FILES_OF_AN_APP, unit * factor, 0)
        yield factor, make_tree(folder / f"tree_{factor:02}x", size)


def growing_files(folder: Path, factors: Iterable[int]) -> list[Path]:
    """Single files of ImageKit 2, each with its own multiple of 30 spec fields and 15 kB."""
    made = []
    for factor in factors:
        home = folder / f"file_{factor:02}x"
        home.mkdir(parents=True, exist_ok=True)
        path = home / "models.py"
        path.write_text(models_with_specs(Random(factor), 30 * factor, 15_000 * factor), encoding="ascii")
        made.append(path)
    return made
