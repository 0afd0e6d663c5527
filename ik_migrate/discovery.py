"""From the paths that were given to the files that may concern us.

Files are searched as bytes before anything is parsed or imported: with ``git grep`` where there is a
git work tree, so that what git ignores is left out, else by a walk.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

TRIGGERS = (b"imagekit", b"IMAGEKIT", b"ikcache")
"""What a file that uses ImageKit says somewhere: the package, a setting, a command."""

EXCLUDED = frozenset(
    {".git", ".hg", ".svn", ".tox", ".nox", ".venv", "venv", "env", "virtualenv", "node_modules", "build"}
    | {"dist", "site-packages", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".eggs"}
)
_EXCLUDED_ENDINGS = (".egg-info", ".dist-info")
_PROJECT_MARKS = ("manage.py", "setup.py", "pyproject.toml", "setup.cfg", "tox.ini")
_LARGEST = 64 * 1024 * 1024


@dataclass
class Search:
    """What was looked for and found.

    Args:
        files: the files with a trigger in them, sorted.
        searched: how many files were looked into, as far as known.
        skipped: folders left out, to be said once.
        errors: what could not be read, a path and a reason each.
    """

    files: list[Path] = field(default_factory=list)
    searched: int = 0
    skipped: list[str] = field(default_factory=list)
    errors: list[tuple[Path, str]] = field(default_factory=list)


def project_root(path: Path) -> Path:
    """The folder of the project that ``path`` belongs to: its repository, else where its set-up lies."""
    folder = path if path.is_dir() else path.parent
    folder = Path(os.path.abspath(folder))
    marked = folder
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            return candidate
        if any((candidate / mark).is_file() for mark in _PROJECT_MARKS):
            marked = candidate
    return marked


def search(folder: Path, triggers: Iterable[bytes] = TRIGGERS, exclude: Iterable[str] = ()) -> Search:
    """The files below ``folder`` that contain one of ``triggers``.

    Args:
        folder: an existing folder, absolute.
        triggers: byte strings, in any of which a file must have to be found.
        exclude: patterns of paths, relative to ``folder``, to leave out.
    """
    triggers = tuple(triggers)
    found = _git_grep(folder, triggers)
    if found is None:
        found = _walk(folder, triggers)
    patterns = tuple(exclude)
    kept = []
    for path in found.files:
        parts = path.relative_to(folder).parts
        tree = _excluded_tree(folder, parts)
        if tree is not None:
            if tree not in found.skipped:
                found.skipped.append(tree)
        elif not any(_matches(path.relative_to(folder).as_posix(), pattern) for pattern in patterns):
            kept.append(path)
    found.files = sorted(kept)
    return found


def has_trigger(data: bytes, triggers: Iterable[bytes] = TRIGGERS) -> bool:
    """Whether one of ``triggers`` is in ``data``."""
    return any(trigger in data for trigger in triggers)


def _matches(path: str, pattern: str) -> bool:
    pattern = pattern.rstrip("/")
    return fnmatch(path, pattern) or fnmatch(path, f"{pattern}/*")


def _excluded_tree(folder: Path, parts: tuple[str, ...]) -> str | None:
    """The folder on the way to a file that is not the project's own code."""
    for index, part in enumerate(parts[:-1]):
        tree = "/".join(parts[: index + 1])
        if part in EXCLUDED or part.endswith(_EXCLUDED_ENDINGS):
            return tree
        if part == "imagekit" and is_imagekit(folder.joinpath(*parts[: index + 1])):
            return tree
    return None


def is_imagekit(folder: Path) -> bool:
    """Whether ``folder`` is a copy of ImageKit itself."""
    return (folder / "models").is_dir() and ((folder / "processors").exists() or (folder / "specs").is_dir())


def _git_grep(folder: Path, triggers: tuple[bytes, ...]) -> Search | None:
    """Let git search its work tree; None where there is none."""
    if not any((candidate / ".git").exists() for candidate in (folder, *folder.parents)):
        return None
    command = ["git", "-C", str(folder), "grep", "-l", "-z", "-F", "--untracked", "--no-color"]
    for trigger in triggers:
        command += ["-e", os.fsdecode(trigger)]
    try:
        result = subprocess.run([*command, "--", "."], capture_output=True, check=False)
    except OSError:
        return None
    if result.returncode not in {0, 1}:
        return None
    names = [os.fsdecode(name) for name in result.stdout.split(b"\0") if name]
    files = [folder / name for name in names]
    found = Search([path for path in files if path.is_file()])
    for module in _submodules(folder):
        inner = search(module, triggers)
        found.files += inner.files
        found.errors += inner.errors
    return found


def _submodules(folder: Path) -> Iterator[Path]:
    """Checked-out submodules below ``folder``, which ``git grep --untracked`` does not enter."""
    listing = folder / ".gitmodules"
    if not listing.is_file():
        return
    for line in listing.read_text("utf-8", "replace").splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "path" and (folder / value.strip() / ".git").exists():
            yield folder / value.strip()


def _walk(folder: Path, triggers: tuple[bytes, ...]) -> Search:
    found = Search()

    def unreadable(error: OSError) -> None:
        found.errors.append((Path(error.filename or folder), error.strerror or str(error)))

    for top, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not _is_left_out(found, folder, top, name))
        for name in sorted(names):
            path = os.path.join(top, name)
            try:
                if not os.path.isfile(path) or os.path.getsize(path) > _LARGEST:
                    continue
                with open(path, "rb") as stream:
                    data = stream.read()
            except OSError as error:
                unreadable(error)
                continue
            found.searched += 1
            if has_trigger(data, triggers):
                found.files.append(Path(path))
    return found


def _is_left_out(found: Search, folder: Path, top: str, name: str) -> bool:
    if name in EXCLUDED or name.endswith(_EXCLUDED_ENDINGS):
        if name in {"venv", "env", "virtualenv", "node_modules", "build", "dist", "site-packages"}:
            found.skipped.append(Path(top, name).relative_to(folder).as_posix())
        return True
    return False
