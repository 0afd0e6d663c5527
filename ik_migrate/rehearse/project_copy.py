"""A copy of a project in a temporary folder, as the work tree is now, to be rewritten and run there.

The path of the copy is the path of the project behind a prefix, so that a path in the copy that leads out of the
project (``../media``) names its original. Large files, uploads for instance, are copied as far as they fit; the probe
fetches what else the site asks its storages for.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ik_migrate.model.errors import IkMigrateError

MOST_BYTES = 200 * 1024 * 1024
"""How many bytes of large files and media are copied."""
MOST_MEDIA = 5_000
"""How many media files are copied."""

_LARGE = 8 * 1024 * 1024
_MEDIA = frozenset(
    {".jpg", ".jpeg", ".jpe", ".png", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".avif", ".heic", ".psd", ".pdf"}
    | {".mp4", ".mov", ".avi", ".webm", ".mkv", ".mp3", ".ogg", ".wav", ".flac"}
    | {".zip", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".iso", ".dump"}
)
# What no site imports or serves from.
_LEFT_OUT = frozenset(
    {".git", ".hg", ".svn", ".bzr", ".tox", ".nox", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache"}
    | {".pytest_cache", ".hypothesis", ".eggs"}
)
_ENVIRONMENT_MARKS = ("pyvenv.cfg", "bin/activate_this.py", "conda-meta")


class CannotCopy(IkMigrateError):
    """The project cannot be copied, or is not what it was when it was copied."""


@dataclass
class ProjectCopy:
    """A copy of a project.

    Args:
        root: the project.
        prefix: the folder in the scratch folder that stands for the root of the file system.
        lent: how many files were not copied because they are large; the probe fetches those that are used.
        unreadable: files that could not be read, relative to the project.
    """

    root: Path
    prefix: Path
    lent: int = 0
    unreadable: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """The copy of the project's folder."""
        return self.of(self.root)

    def of(self, path: Path) -> Path:
        """Return where the copy of a file or folder is, by its absolute path without links."""
        return self.prefix / path.relative_to(path.anchor)


def copy_project(root: Path, scratch: Path) -> ProjectCopy:
    """Copy a project into a scratch folder: no repository, no virtual environment, no link that leads out of it.

    Args:
        root: the folder of the project.
        scratch: a folder that is removed when the run ends.

    Raises:
        CannotCopy: when the copy cannot be written.
    """
    root = Path(os.path.realpath(root))
    prefix = Path(os.path.realpath(scratch)) / "files"
    copy = ProjectCopy(root, prefix)
    heavy: list[tuple[int, Path, Path]] = []
    try:
        copy.folder.mkdir(parents=True)
        for source, target, status in _files(root, copy):
            if stat.S_ISLNK(status.st_mode):
                os.symlink(_moved_link(source, copy), target)
            elif status.st_size > _LARGE or source.suffix.lower() in _MEDIA:
                heavy.append((status.st_size, source, target))
            else:
                _copy_file(source, target, copy)
        left = MOST_BYTES
        for number, (size, source, target) in enumerate(sorted(heavy)):
            left -= size
            if left < 0 or number >= MOST_MEDIA:
                copy.lent += 1
            else:
                _copy_file(source, target, copy)
    except OSError as error:
        raise CannotCopy(
            f"cannot copy {root}: {error.strerror or error}. Free some space in {prefix.parent}."
        ) from None
    return copy


def _files(root: Path, copy: ProjectCopy) -> Iterator[tuple[Path, Path, os.stat_result]]:
    """Yield files and links below a folder, with the places of their copies; make the folders for them."""
    waiting = [(root, copy.folder)]
    entered = {os.path.realpath(root)}
    while waiting:
        folder, target = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            copy.unreadable.append(os.path.relpath(folder, root))
            continue
        names = {entry.name for entry in entries}
        for entry in entries:
            source, place = Path(entry.path), target / entry.name
            try:
                status = _status(entry, root)
            except OSError:
                continue  # a link to nothing
            if stat.S_ISDIR(status.st_mode):
                real = os.path.realpath(source)
                if not _is_left_out(source) and real not in entered:
                    # A folder behind a link is copied once: links can lead in circles.
                    entered.add(real)
                    place.mkdir()
                    waiting.append((source, place))
            elif stat.S_ISLNK(status.st_mode) or (stat.S_ISREG(status.st_mode) and not _is_bytecode(entry.name, names)):
                yield source, place, status


def _status(entry: os.DirEntry[str], root: Path) -> os.stat_result:
    """Return what an entry is: a link within the project stays a link, another one is what it leads to.

    Raises:
        OSError: when it leads to nothing.
    """
    if not entry.is_symlink():
        return entry.stat(follow_symlinks=False)
    real = os.path.realpath(entry.path)
    followed = entry.stat()
    is_inside = os.path.join(real, "").startswith(os.path.join(root, "")) and not any(
        part in _LEFT_OUT for part in Path(real).relative_to(root).parts
    )
    return entry.stat(follow_symlinks=False) if is_inside else followed


def _moved_link(link: Path, copy: ProjectCopy) -> str:
    """Return where the copy of a link within the project leads."""
    target = os.readlink(link)
    return str(copy.of(Path(os.path.realpath(link)))) if os.path.isabs(target) else target


def _is_left_out(folder: Path) -> bool:
    return folder.name in _LEFT_OUT or any((folder / mark).exists() for mark in _ENVIRONMENT_MARKS)


def _is_bytecode(name: str, names: set[str]) -> bool:
    """Whether a file is the bytecode of a module beside it; Python 2 also imports bytecode alone."""
    return name.endswith((".pyc", ".pyo")) and name[:-1] in names


def _copy_file(source: Path, target: Path, copy: ProjectCopy) -> None:
    """Copy a file with its mode and times, or note that it cannot be read.

    Raises:
        OSError: when the copy cannot be written.
    """
    try:
        opened = open(source, "rb")  # noqa: SIM115, an error here is another one than below
    except OSError:
        copy.unreadable.append(os.path.relpath(source, copy.root))
        return
    with opened, open(target, "wb") as written:
        shutil.copyfileobj(opened, written, 1024 * 1024)
    status = source.stat()
    os.chmod(target, stat.S_IMODE(status.st_mode) | stat.S_IRUSR | stat.S_IWUSR)
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
