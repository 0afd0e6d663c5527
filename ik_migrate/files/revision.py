"""The commit that is checked out, read from the files of a repository without running git."""

from __future__ import annotations

from pathlib import Path

from ik_migrate.files.git import GitError
from ik_migrate.files.repository import Repository, find_repository, top_of

_LENGTH = 12
_LARGEST = 10_000_000


def revision_of(path: Path) -> str:
    """Return the beginning of the hash of the commit that is checked out around ``path``; empty where there is none."""
    top = top_of(path)
    if top is None:
        return ""
    try:
        repository = find_repository(top)
        head = _text(repository.git_folder / "HEAD").strip()
        name = head.removeprefix("ref:").strip()
        commit = _resolve(repository, name) if head.startswith("ref:") else head
    except (GitError, OSError, UnicodeError):
        # A damaged repository has no revision to show; code that needs git reports the error.
        return ""
    return commit[:_LENGTH] if all(char in "0123456789abcdef" for char in commit) else ""


def _resolve(repository: Repository, name: str) -> str:
    """Return the commit of a reference such as ``refs/heads/main``; empty where it has none yet."""
    parts = name.split("/")
    if parts[0] != "refs" or ".." in parts:
        return ""
    for folder in (repository.git_folder, repository.common_folder):
        if (folder / name).is_file():
            return _text(folder / name).strip()
    packed = repository.common_folder / "packed-refs"
    lines = _text(packed).splitlines() if packed.is_file() else []
    return next((line.split()[0] for line in lines if line.endswith(f" {name}")), "")


def _text(file: Path) -> str:
    if not file.is_file() or file.stat().st_size > _LARGEST:
        return ""
    return file.read_text("utf-8")
