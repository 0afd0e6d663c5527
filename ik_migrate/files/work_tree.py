"""What git knows of the work trees that are migrated: which files were changed, what is not committed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ik_migrate.files.git import Git, GitError
from ik_migrate.files.isolated_git import isolate
from ik_migrate.files.places import is_below
from ik_migrate.files.repository import top_of
from ik_migrate.files.special_files import check_files_of_git

__all__ = ["GitError", "Uncommitted", "changed_since", "staged", "top_of", "tracked", "uncommitted"]


@dataclass(frozen=True)
class Uncommitted:
    """What a work tree holds that is not in its last commit; its paths have no links in them.

    Args:
        unstaged: files that differ from git's index, so git cannot restore them.
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
        with _git_for(top) as git:
            commit = git.output("rev-list", "-1", revision, "--").decode().strip()
            if not commit:
                raise GitError(f"{revision!r} is not one revision; a branch, a tag or a commit is")
            files = _files(git, *_DIFF, commit, "--") | _files(git, *_OTHERS)
        changed.update(_seen_from(places, files))
    return changed


def staged(paths: Iterable[Path]) -> set[Path]:
    """The files below ``paths`` that differ between git's index and the last commit.

    Raises:
        GitError: when a path is in no work tree.
    """
    changed: set[Path] = set()
    for top, places in _by_top(paths).items():
        with _git_for(top) as git:
            files = _files(git, *_DIFF, "--cached", "--")
        changed.update(_seen_from(places, files))
    return changed


def uncommitted(paths: Iterable[Path]) -> Uncommitted:
    """What is not committed in the whole of the work trees that ``paths`` are in.

    Raises:
        GitError: when a path is in no work tree.
    """
    found: dict[str, set[Path]] = {"unstaged": set(), "untracked": set(), "staged": set()}
    for top in _by_top(paths):
        with _git_for(top) as git:
            status = git.output(*_STATUS)
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
    found: set[Path] = set()
    for top in _by_top(paths):
        with _git_for(top) as git:
            found |= _files(git, "ls-files", "-z")
    return found


_DIFF = (
    "diff",
    "--name-only",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--diff-filter=d",
    "--ignore-submodules=all",
    "-z",
)
# Without its option for submodules, status starts itself in each nested repository, where the configuration of that
# one counts.
_STATUS = (
    "status",
    "--porcelain",
    "-z",
    "--no-renames",
    "--untracked-files=normal",
    "--ignore-submodules=all",
)
_OTHERS = ("ls-files", "--others", "--exclude-standard", "-z")


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


def _files(git: Git, *arguments: str) -> set[Path]:
    return {git.top / os.fsdecode(name) for name in git.output(*arguments).split(b"\0") if name}


@contextmanager
def _git_for(top: Path) -> Iterator[Git]:
    """Yield git for a work tree, with the index of the commit that is being made where a hook has one.

    Raises:
        GitError: when it cannot be used.
    """
    check_files_of_git(top, top)
    index = os.environ.get("GIT_INDEX_FILE")
    is_ours = index and is_below(Path.cwd().resolve(), [top])
    with isolate(top, Path(os.path.abspath(index)) if index and is_ours else None) as git:
        yield git
