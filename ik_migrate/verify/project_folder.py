"""Where a Django project starts, and which settings it has, told from its manage.py."""

from __future__ import annotations

import re
from pathlib import Path

from ik_migrate.files.reading import file_content

_LARGEST = 1024 * 1024
_SETTINGS = re.compile(
    r"""environ(?:\.setdefault\(|\[)\s*['"]DJANGO_SETTINGS_MODULE['"]\s*(?:,|\]\s*=)\s*['"]([\w.]+)['"]"""
)


def project_folder(path: Path) -> Path:
    """The folder of the project's manage.py: ``path``, or the only folder in it that has one; else ``path``."""
    if not path.is_dir() or (path / "manage.py").is_file():
        return path
    found = sorted(path.glob("*/manage.py"))
    return found[0].parent if len(found) == 1 else path


def settings_module(folder: Path) -> str:
    """Return the settings that manage.py uses by default; empty if they cannot be determined."""
    try:
        text = file_content(folder / "manage.py", _LARGEST).decode("utf-8", "replace")
    except OSError:
        return ""
    match = _SETTINGS.search(text)
    if match:
        return match.group(1)
    # Until Django 1.3 it imported the settings that lie beside it.
    return "settings" if re.search(r"^\s*import settings\b", text, re.MULTILINE) else ""
