"""What git knows of the work trees that are migrated: which files were changed, what is not committed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ik_migrate.files.git import answer_of, start_git_with_filters
from ik_migrate.files.places import is_below
from ik_migrate.model.errors import IkMigrateError


class GitError(IkMigrateError):
    """Git is not there, there is no work tree, or git does not know what it was asked for; the message says which."""


@dataclass(frozen=True)
class Uncommitted:
    """What a work tree holds that is not in its last commit; its paths have no links in them.

    Args:
        unstaged: files that differ from git's index, so that git can't bring them back as they are.
        untracked: files and folders that git does not know.
        staged: files that differ between the index and the last commit.
    """

    unstaged: frozenset[Path] = frozenset()
    untracked: frozenset[Path] = frozenset()
    staged: frozenset[Path] = frozenset()

    @property
    def files(self) -> frozenset[Path]:
        """All of them."""
        return self.unstaged | self.untracked | self.staged


def changed_since(paths: Iterable[Path], revision: str) -> set[Path]:
    """The files below ``paths`` that are not what they were in a commit, those included that git does not know yet.

    Raises:
        GitError: when there is no such commit, or a path is in no work tree.
    """
    if revision.startswith("-") or ".." in revision:
        # Of a range, git would compare two commits, and not look at the files.
        raise GitError(f"{revision!r} is not one revision; a branch, a tag or a commit is")
    changed: set[Path] = set()
    for top, places in _by_top(paths).items():
        commit = _output(top, "rev-list", "-1", revision, "--").decode().strip()
        if not commit:
            raise GitError(f"{revision!r} is not one revision; a branch, a tag or a commit is")
        files = _files(top, *_DIFF, commit, "--") | _files(top, "ls-files", "--others", "--exclude-standard", "-z")
        changed.update(_seen_from(places, files))
    return changed


def staged(paths: Iterable[Path]) -> set[Path]:
    """The files below ``paths`` that differ between git's index and the last commit.

    Raises:
        GitError: when a path is in no work tree.
    """
    changed: set[Path] = set()
    for top, places in _by_top(paths).items():
        changed.update(_seen_from(places, _files(top, *_DIFF, "--cached", "--")))
    return changed


def uncommitted(paths: Iterable[Path]) -> Uncommitted:
    """What is not committed in the whole of the work trees that ``paths`` are in.

    Raises:
        GitError: when a path is in no work tree.
    """
    found: dict[str, set[Path]] = {"unstaged": set(), "untracked": set(), "staged": set()}
    for top in _by_top(paths):
        status = _output(top, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=normal")
        for entry in filter(None, status.split(b"\0")):
            path = top / os.fsdecode(entry[3:])
            if entry.startswith(b"??"):
                found["untracked"].add(path)
                continue
            if entry[:1] != b" ":
                found["staged"].add(path)
            if entry[1:2] != b" ":
                found["unstaged"].add(path)
    return Uncommitted(**{name: frozenset(files) for name, files in found.items()})


def tracked(paths: Iterable[Path]) -> set[Path]:
    """The files, without links in their paths, that git knows in the work trees that ``paths`` are in.

    Raises:
        GitError: when a path is in no work tree.
    """
    return {path for top in _by_top(paths) for path in _files(top, "ls-files", "-z")}


_DIFF = (
    "diff",
    "--name-only",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--diff-filter=d",
    "--ignore-submodules",
    "-z",
)


def top_of(path: Path) -> Path | None:
    """The top folder, with no links in it, of the work tree that a path is in; None where that is none."""
    real = Path(os.path.realpath(path))
    return next((folder for folder in (real, *real.parents) if (folder / ".git").exists()), None)


def _by_top(paths: Iterable[Path]) -> dict[Path, list[Path]]:
    """The paths, absolute, by the top folders of the work trees that they are in."""
    tops: dict[Path, list[Path]] = {}
    for path in paths:
        top = top_of(path)
        if top is None:
            raise GitError(f"{path} is not in a git work tree")
        tops.setdefault(top, []).append(Path(os.path.abspath(path)))
    return tops


def _seen_from(places: Iterable[Path], files: Iterable[Path]) -> Iterator[Path]:
    """Those files that are in ``places``, with the links that the places have on their way."""
    files = list(files)
    for place in places:
        real = Path(os.path.realpath(place))
        yield from (place / path.relative_to(real) for path in files if is_below(path, [real]))


def _files(top: Path, *arguments: str) -> set[Path]:
    names = _output(top, *arguments).split(b"\0")
    return {top / os.fsdecode(name) for name in names if name}


def _output(top: Path, *arguments: str) -> bytes:
    """What git says in the work tree of ``top``.

    Raises:
        GitError: when it fails, with its message.
    """
    environment = {}
    index = os.environ.get("GIT_INDEX_FILE")
    if index and is_below(Path.cwd().resolve(), [top]):
        # A hook is to look at the index of the commit that is being made, which may not be the usual one.
        environment["GIT_INDEX_FILE"] = os.path.abspath(index)
    try:
        process = start_git_with_filters(top, *arguments, environment=environment)
        out, complaint = answer_of(process)
    except OSError as error:
        raise GitError(f"git can't be run: {error.strerror or error}") from None
    if process.returncode:
        raise GitError(complaint.decode("utf-8", "replace").strip().removeprefix("fatal: "))
    return out
