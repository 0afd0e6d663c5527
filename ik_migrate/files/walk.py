"""A search of all files below a folder, where there is no git to do it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ik_migrate.files.excluded_dirs import is_excluded
from ik_migrate.files.filetypes import BINARY_ENDINGS, may_be_python
from ik_migrate.files.reading import LARGEST, READ_ONLY, large_pieces
from ik_migrate.files.search_result import Search
from ik_migrate.files.triggers import PYTHON_TRIGGERS, has_trigger
from ik_migrate.model.options import Options

_NEVER_ENTERED = frozenset({".git", ".hg", ".svn", "__pycache__"})
# To look for one word is twenty times as fast as to look for one of several at once, however many.
_MANY = 20
_PIECE = 64 * 1024


def walk(
    folder: Path, triggers: tuple[bytes, ...], options: Options, is_counted: Callable[[str], bool] | None
) -> Search:
    """The files that contain one of ``triggers``; see `discovery.search`.

    Args:
        folder: an existing folder, absolute.
        triggers: byte strings; those that only Python code says are not looked for in other files.
        options: which folders to enter that would be skipped.
        is_counted: whether the file of that path counts as searched; all do if None.
    """
    found = Search()
    is_hit = _test_for(triggers)

    def look_at(entry: os.DirEntry[str]) -> None:
        if entry.is_dir(follow_symlinks=False):
            if not _is_left_out(found, folder, entry, options):
                waiting.append(entry.path)
        elif os.path.isfile(entry.path) if entry.is_symlink() else entry.is_file():
            # A link that leads to itself is no file; `entry.is_file` raises an error.
            found.searched += is_counted is None or is_counted(entry.path)
            if _holds(entry.name, entry.path, is_hit):
                found.files.append(Path(entry.path))

    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(place := waiting.pop()) as listing:
                entries = list(listing)
        except OSError as error:
            found.errors.append((Path(place), error.strerror or str(error)))
            continue
        for entry in entries:
            try:
                look_at(entry)
            except OSError as error:
                found.errors.append((Path(entry.path), error.strerror or str(error)))
    found.skipped.sort()
    found.errors.sort()
    return found


def walk_names(folder: Path, options: Options) -> Iterator[str]:
    """Yield the paths of all regular files below a folder that `walk` would search, relative to it."""
    left_out = Search()
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as listing:
                entries = list(listing)
        except OSError:
            # The search for files that mention ImageKit has reported it.
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if not _is_left_out(left_out, folder, entry, options):
                    waiting.append(entry.path)
            elif entry.is_file(follow_symlinks=False):
                yield os.path.relpath(entry.path, folder).replace(os.sep, "/")


def search_links(links: Iterable[str], triggers: tuple[bytes, ...]) -> Search:
    """Those among some links that lead to files with one of ``triggers`` in them, and those that cannot be read."""
    found = Search()
    is_hit = _test_for(triggers)
    for link in links:
        try:
            if os.path.isfile(link) and _holds(os.path.basename(link), link, is_hit):
                found.files.append(Path(link))
        except OSError as error:
            found.errors.append((Path(link), error.strerror or str(error)))
    return found


def _test_for(triggers: tuple[bytes, ...]) -> Callable[[str, bytes], bool]:
    """Whether a file of some name and content has one of the triggers."""
    if len(triggers) > _MANY:
        from ik_migrate.files.multi_pattern import any_of, shortest

        search = re.compile(any_of(shortest(triggers))).search
        return lambda name, data: search(data) is not None
    everywhere = [trigger for trigger in triggers if trigger not in PYTHON_TRIGGERS]
    in_python = [trigger for trigger in triggers if trigger in PYTHON_TRIGGERS]

    def is_hit(name: str, data: bytes) -> bool:
        if has_trigger(data, everywhere):
            return True
        return bool(in_python) and may_be_python(name, data) and has_trigger(data, in_python)

    return is_hit


def _holds(name: str, path: str, is_hit: Callable[[str, bytes], bool]) -> bool:
    """Whether a file has what is looked for.

    Raises:
        OSError: when it cannot be read.
    """
    if name.lower().endswith(BINARY_ENDINGS):
        return False
    content = _content(path)
    if content is None:
        return any(is_hit(name, piece) for piece in large_pieces(path))
    return is_hit(name, content)


def _content(path: str) -> bytes | None:
    """What a file holds, None for one that is too large; twice as fast as ``open`` where files are many and small."""
    handle = os.open(path, READ_ONLY)
    try:
        data = piece = os.read(handle, _PIECE)
        if len(piece) == _PIECE and os.fstat(handle).st_size > LARGEST:
            return None
        while piece and len(data) <= LARGEST:
            piece = os.read(handle, len(data))
            data += piece
        return data if len(data) <= LARGEST else None
    finally:
        os.close(handle)


def _is_left_out(found: Search, folder: Path, entry: os.DirEntry[str], options: Options) -> bool:
    """Whether the walk does not enter a folder; what may hold files that are to be included is entered."""
    if options.only_packages and not os.path.isfile(os.path.join(entry.path, "__init__.py")):
        return True
    if not is_excluded(entry.name) or (options.include and entry.name not in _NEVER_ENTERED):
        return False
    if entry.name in {"venv", "env", "virtualenv", "node_modules", "build", "dist", "site-packages"}:
        found.skipped.append(Path(entry.path).relative_to(folder).as_posix())
    return True
