"""Repositories of git: where they are, and a safe git directory that stands in for one; see `git`."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ik_migrate.files.git import GitError, NoAnswer, read_settings
from ik_migrate.files.reading import NotRegular, bounded_content, check_regular
from ik_migrate.files.scratch import PREFIX

# Settings that say how files are stored and compared. None of them names a program.
_HARMLESS = re.compile(
    r"core\.(repositoryformatversion|filemode|symlinks|ignorecase|precomposeunicode|protecthfs|protectntfs|longpaths"
    r"|trustctime|checkstat|autocrlf|eol|excludesfile|attributesfile|sparsecheckout|sparsecheckoutcone)"
    # What a revision such as @{upstream} means.
    r"|branch\..*\.(remote|merge)|remote\..*\.fetch"
    # Of a partial clone nothing is fetched; settings of a single work tree are read as those of all.
    r"|extensions\.(?!partialclone$|worktreeconfig$|relativeworktrees$)[a-z0-9-]+",
    re.DOTALL,
)
_PATHS = ("core.excludesfile", "core.attributesfile")
_LINKED = ("refs", "packed-refs", "shallow", "reftable", "logs", "info/sparse-checkout")
# What git reads in these, it reads to list or compare anything. Single objects are too many to be looked at.
_LOOKED_THROUGH = ("refs", "reftable", "objects/info", "objects/pack")
_MOST_FILES = 10_000
_HEAD = re.compile(r"(ref:\s*refs/[^\s\0]+|[0-9a-f]{40,64})\s*")
_SMALL = 4096
_CONFIG_LIMIT = 1024 * 1024


class SpecialFile(GitError):
    """Git would read what is not a regular file, and wait for it, or what is too large.

    Args:
        path: the file.
        reason: what it is.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot run git: {path}: {reason}. Remove it or replace it.")


@dataclass(frozen=True)
class Repository:
    """Where the parts of a repository are.

    Args:
        top: the top folder of its work tree, without links.
        git_folder: what only this work tree has: its index, and which commit is checked out.
        common_folder: what it may share with other work trees: objects, references, configuration.
    """

    top: Path
    git_folder: Path
    common_folder: Path


def top_of(path: Path) -> Path | None:
    """Return the top folder, without links, of the work tree that a path is in; None where there is none."""
    real = Path(os.path.realpath(path))
    return next((folder for folder in (real, *real.parents) if _has_repository(folder)), None)


def _has_repository(folder: Path) -> bool:
    """Whether git takes a folder for the top of a work tree; it passes over folders ``.git`` that hold nothing."""
    git_folder = folder / ".git"
    if not git_folder.is_dir():
        return os.path.lexists(git_folder)
    return os.path.lexists(git_folder / "HEAD") and (git_folder / "objects").is_dir()


def find_repository(top: Path) -> Repository:
    """Return the repository of a work tree.

    Raises:
        GitError: when there is none that can be used.
        SpecialFile: when what says where it is, is not a regular file.
    """
    marker = top / ".git"
    git_folder = marker
    if not marker.is_dir():
        words = _small_text(marker)
        if not words.startswith("gitdir:"):
            raise GitError(f"{marker} does not name a git directory")
        git_folder = top / words.removeprefix("gitdir:").strip()
    common_folder = git_folder
    if os.path.lexists(git_folder / "commondir"):
        common_folder = git_folder / _small_text(git_folder / "commondir").strip()
    if not git_folder.is_dir() or not (common_folder / "objects").is_dir():
        raise GitError(f"{marker} does not lead to a git repository")
    return Repository(top, git_folder, common_folder)


def copy_safely(repository: Repository, folder: Path, index: Path | None = None) -> dict[str, str]:
    """Make a folder a git directory with the content of a repository, and with its harmless settings only.

    Args:
        repository: the repository, which is only read.
        folder: an empty folder.
        index: the index to be used; the repository's own if None.

    Returns:
        The environment variables that make git use it.

    Raises:
        GitError: when the repository cannot be used.
        SpecialFile: when something in it that git reads is not a regular file.
        OSError: when the folder cannot be written.
    """
    git_folder, common_folder = repository.git_folder, repository.common_folder
    head = _small_text(git_folder / "HEAD")
    if not _HEAD.fullmatch(head):
        raise GitError(f"{git_folder / 'HEAD'} names neither a branch nor a commit")
    (folder / "HEAD").write_text(head, "utf-8", "surrogateescape", newline="")
    reference = head.removeprefix("ref:").strip()
    if head.startswith("ref:") and ".." not in reference:
        _check(common_folder / reference)
    (folder / "info").mkdir()
    (folder / "info" / "exclude").write_bytes(_excluded(common_folder / "info" / "exclude"))
    for name in _LINKED:
        _link(common_folder / name, folder / name)
    for name in _LOOKED_THROUGH:
        _check_folder(common_folder / name)
    (folder / "refs").mkdir(exist_ok=True)
    for path in git_folder.glob("sharedindex.*"):
        _link(path, folder / path.name)
    index = index or git_folder / "index"
    _check(index)
    _write_settings(folder / "config", _harmless_settings(repository, folder))
    _check_user_files(repository.top, folder)
    return {
        "GIT_DIR": str(folder),
        "GIT_WORK_TREE": str(repository.top),
        "GIT_INDEX_FILE": str(index),
        "GIT_OBJECT_DIRECTORY": str(common_folder / "objects"),
    }


def _small_text(path: Path) -> str:
    return _content(path, _SMALL).decode("utf-8", "surrogateescape")


def _content(path: Path, limit: int) -> bytes:
    try:
        return bounded_content(path, limit)
    except NotRegular as error:
        raise SpecialFile(path, str(error.strerror)) from None
    except OSError as error:
        raise GitError(f"cannot read {path}: {error.strerror or error}") from None


def _excluded(file: Path) -> bytes:
    """The patterns that the repository excludes, and our own folders, which may be in the work tree."""
    known = _content(file, _CONFIG_LIMIT) if file.exists() else b""
    return known + f"\n{PREFIX}*/\n".encode("ascii")


def _check(path: Path, limit: int | None = None) -> None:
    """See that git does not wait for a file; one that is not there is as good.

    Args:
        path: the file.
        limit: how many bytes it may have, of which git holds each in memory.

    Raises:
        SpecialFile: when it is a pipe or the like, or too large.
    """
    if str(path) == os.devnull or path.is_dir():
        return
    with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
        try:
            if check_regular(path) > (limit or sys.maxsize):
                raise SpecialFile(path, "it is too large")
        except NotRegular as error:
            raise SpecialFile(path, str(error.strerror)) from None


def _check_folder(folder: Path) -> None:
    """See that there is no pipe or the like in a folder or those below it, as far as they are not too many.

    Raises:
        SpecialFile: when there is.
    """
    paths = (os.path.join(place, name) for place, _, names in os.walk(folder) for name in names)
    for path in islice(paths, _MOST_FILES):
        _check(Path(path))


def _link(original: Path, link: Path) -> None:
    """Have a part of a repository in another folder, as a link where the system has them; nothing if it is missing."""
    if not original.exists():
        return
    if not original.is_dir():
        _check(original)
    try:
        os.symlink(os.path.abspath(original), link)
    except OSError:
        # Windows lets few users make links.
        if original.is_dir():
            shutil.copytree(original, link)
        else:
            shutil.copyfile(original, link)


def _harmless_settings(repository: Repository, folder: Path) -> Iterator[tuple[str, str]]:
    """Yield those settings of a repository that name no program; what it includes from elsewhere is not read."""
    settings = _settings_of(repository.common_folder / "config", repository.top, folder)
    if dict(settings).get("extensions.worktreeconfig", "").lower() in {"true", "yes", "on", "1"}:
        settings += _settings_of(repository.git_folder / "config.worktree", repository.top, folder)
    for name, value in settings:
        if name in _PATHS and value:
            path = repository.top / os.path.expanduser(value)
            _check(path, _CONFIG_LIMIT)
            yield name, str(path)
        elif _HARMLESS.fullmatch(name):
            yield name, value


def _settings_of(file: Path, top: Path, folder: Path) -> list[tuple[str, str]]:
    if not file.exists():
        return []
    text = _content(file, _CONFIG_LIMIT)
    try:
        return read_settings(top, folder, "--no-includes", "--file", "-", "--list", given=text)
    except NoAnswer:
        # It is not about this file, which git has been given as a text.
        raise
    except GitError as error:
        raise GitError(f"{file}: {error}") from None


def _write_settings(file: Path, settings: Iterable[tuple[str, str]]) -> None:
    """Write a configuration file; each value in quotes, whatever is in it."""
    lines = ["[core]\n\tbare = false\n"]
    for name, value in settings:
        section, _, key = name.rpartition(".")
        section, _, subsection = section.partition(".")
        header = f'{section} "{_escape(subsection)}"' if subsection else section
        lines.append(f'[{header}]\n\t{key} = "{_escape(value)}"\n')
    file.write_text("".join(lines), "utf-8", "surrogateescape", newline="\n")


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _check_user_files(top: Path, folder: Path) -> None:
    """See that git does not wait for the files that the user's configuration names, nor for their usual places."""
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        if os.environ.get(name):
            _check(Path(os.environ[name]))
    for place in ("~/.gitconfig", f"{home}/git/config", f"{home}/git/ignore", f"{home}/git/attributes"):
        _check(Path(os.path.expanduser(place)))
    names = "|".join(name.replace(".", r"\.") for name in _PATHS)
    for _, value in read_settings(top, folder, "--path", "--get-regexp", f"^({names})$"):
        _check(top / value, _CONFIG_LIMIT)
