"""Requirements files in UTF-16, as ``pip freeze > requirements.txt`` of Windows PowerShell writes them.

A search for bytes does not find ImageKit in them, and nothing but pip reads them. So they are named, not rewritten.
"""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Iterator
from pathlib import Path

_FOLDERS = (".", "requirements")
_LARGEST = 1_000_000
_REASON = "it is UTF-16 and names ImageKit. Save it as UTF-8 (PowerShell: Out-File -Encoding utf8), and run again."


def unsearchable_requirements(folder: Path) -> Iterator[tuple[Path, str]]:
    """Those text files at the top of a project, and in its folder of requirements, that name ImageKit in UTF-16.

    Args:
        folder: the folder of the project.

    Returns:
        Paths, and what to do about each.
    """
    for place in _FOLDERS:
        try:
            with os.scandir(folder / place) as listing:
                paths = sorted(Path(entry.path) for entry in listing if entry.name.lower().endswith(".txt"))
        except OSError:
            continue
        yield from ((path, _REASON) for path in paths if _names_imagekit(path))


def _names_imagekit(path: Path) -> bool:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            return False
        data = path.read_bytes()
    except OSError:
        # Code that cannot read it reports the error.
        return False
    if not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    return "imagekit" in data.decode("utf-16", "replace").lower()
