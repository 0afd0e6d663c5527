"""Pipes, devices and huge files under names that git reads: it would wait without an end, or fill the memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from ik_migrate.files.excluded_dirs import is_excluded
from ik_migrate.files.reading import NotRegular, check_regular
from ik_migrate.files.repository import SpecialFile

# Of a nested repository git reads which commit is checked out.
_IN_REPOSITORY = ("HEAD", "commondir", "config", "packed-refs", "index")
_NAMES = frozenset({".gitignore", ".gitattributes", ".gitmodules"})
_LARGEST = 16 * 1024 * 1024
# Beyond that, the time limit of git has to do.
_SECONDS = 0.2


def check_files_of_git(top: Path, folder: Path) -> None:
    """See that git finds no pipe, device or huge file where it looks for patterns and attributes.

    Args:
        top: the top folder of the work tree.
        folder: the folder in it that git searches.

    Raises:
        SpecialFile: when it would.
    """
    for path in _files_that_git_reads(top, Path(os.path.realpath(folder))):
        try:
            if check_regular(path) > _LARGEST and path.name in _NAMES:
                raise SpecialFile(path, f"it is larger than {_LARGEST // 1024 // 1024} MB")
        except NotRegular as error:
            raise SpecialFile(path, str(error.strerror)) from None
        except OSError:
            # A broken link, or not readable: git does not wait for it.
            continue


def _files_that_git_reads(top: Path, folder: Path) -> Iterator[Path]:
    """Yield the files; of very many folders, not all are looked into."""
    for above in folder.parents:
        if above == top or top in above.parents:
            yield from (above / name for name in _NAMES)
    until = monotonic() + _SECONDS
    waiting = [str(folder)]
    while waiting and monotonic() < until:
        try:
            with os.scandir(waiting.pop()) as listing:
                entries = list(listing)
        except OSError:
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name == ".git":
                    yield from (Path(entry.path, name) for name in _IN_REPOSITORY)
                elif not is_excluded(entry.name):
                    waiting.append(entry.path)
            elif entry.name in _NAMES:
                yield Path(entry.path)
