"""Words anywhere in a project that decide which variants of the support module's pieces it needs."""

from __future__ import annotations

from pathlib import Path

from ik_migrate.files.discovery import search_python
from ik_migrate.files.reading import file_content
from ik_migrate.model.options import Options
from ik_migrate.project.support_module import MARKER

_VARIANTS = {
    # Storages that may raise an exception for a file that they cannot delete.
    "+odd_storages": (b"storage=", b"Storage(", b"Storage)", b"Storage,", b"DEFAULT_FILE_STORAGE", b"STORAGES"),
    # Code that reads originals, which ImageKit 3 leaves closed, or read to the end.
    "+read_sources": (b".read(", b".chunks(", b".seek(", b".tell(", b".readlines(", b".open("),
    # Python 2 gives the names of months as bytes, and those of most languages are not ASCII.
    "+any_names": (b"setlocale",),
}


def variants_by_words(folder: Path, options: Options) -> frozenset[str]:
    """Return the variants of pieces that the Python files of a project need, as `need_support` takes them.

    Args:
        folder: the folder of the project, absolute.
        options: what to skip.
    """
    found: set[str] = set()
    triggers = [word for words in _VARIANTS.values() for word in words]
    for path in search_python(folder, triggers, options):
        if len(found) == len(_VARIANTS):
            break
        try:
            data = file_content(path)
        except OSError:
            continue  # If it concerns ImageKit, its own result says so.
        if not data.startswith(MARKER.encode()):  # The support module does not count.
            found.update(variant for variant, words in _VARIANTS.items() if any(word in data for word in words))
    return frozenset(found)
