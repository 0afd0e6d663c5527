"""Copies of files as they were, kept beside them, and never written over."""

from __future__ import annotations

import os
from pathlib import Path

from ik_migrate.files.filetypes import BACKUP_ENDINGS
from ik_migrate.files.reading import file_content
from ik_migrate.files.writing import create_copy


class BackupExists(Exception):
    """There is a backup of that name already, of something else."""


def back_up(path: Path, data: bytes, suffix: str) -> Path | None:
    """Keep what a file holds beside it, with its mode, owner and times; a link is followed.

    Args:
        path: the file.
        data: what it holds.
        suffix: what the name of the copy has more, see `problem_of_suffix`.

    Returns:
        The copy, or None where one with the same content was there.

    Raises:
        BackupExists: when there is another file of that name. It is not touched.
        OSError: when the copy cannot be written; then there is none.
    """
    original = Path(os.path.realpath(path))
    copy = Path(f"{original}{suffix}")
    try:
        create_copy(copy, data, original)
    except FileExistsError:
        if copy.is_file() and file_content(copy, len(data) + 1) == data:
            return None
        raise BackupExists(
            f"{copy.name} is there already, of an earlier run perhaps, and is not written over"
        ) from None
    return copy


def problem_of_suffix(suffix: str) -> str:
    """Why backups may not have that suffix; empty where they may."""
    if os.sep in suffix or "/" in suffix:
        return "a suffix is a part of the file's name, it has no '/'"
    if not suffix.endswith(BACKUP_ENDINGS):
        # Tools would treat a models.py.1 as code.
        return f"use a suffix that ends in {', '.join(BACKUP_ENDINGS[:-1])} or {BACKUP_ENDINGS[-1]}"
    return ""
