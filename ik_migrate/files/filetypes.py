"""What kind of file a path names."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

_PYTHON = ("*.py", "*.pyw", "*.py.*", "*.py-*", "*.py_*", "*.wsgi")
_INTERPRETER = rb"^#!.*\bpython[\d.]*\b"
# Prose and history: what is written there about ImageKit 2 stays true.
_PROSE = (
    "*.md",
    "*.rst",
    "CHANGELOG*",
    "CHANGES*",
    "HISTORY*",
    "*.po",
    "*.pot",
    "*.patch",
    "*.diff",
    "*.log",
)
BINARY_ENDINGS = (
    *(".pyc", ".pyo", ".so", ".dll", ".dylib", ".exe", ".jar", ".mo", ".db", ".sqlite", ".sqlite3", ".pdf", ".psd"),
    *(".png", ".jpg", ".jpeg", ".gif", ".ico", ".tif", ".tiff", ".webp", ".woff", ".woff2", ".ttf", ".otf", ".eot"),
    *(".mp3", ".mp4", ".mov", ".avi", ".zip", ".gz", ".bz2", ".xz", ".7z", ".tar", ".tgz", ".whl", ".egg"),
)
"""What the names of files end in, in lower case, that are not text."""
BACKUP_ENDINGS = (".bak", ".orig", ".old", ".ik2", "~")
"""What the names of backups end in, those of ``apply --backup`` among them."""


UNFINISHED = ".ik-migrate"
"""What the names of files end in that ``apply`` is still writing, or was when it was killed."""


def is_python(name: str, data: bytes) -> bool:
    """Whether a file is Python, by its name or its interpreter line; samples (``x.py.dist``) are."""
    lowered = name.lower()
    if lowered.endswith((".py.pyc", ".py.orig", ".py.rej")):
        return False
    return any(fnmatch(lowered, pattern) for pattern in _PYTHON) or bool(re.match(_INTERPRETER, data[:200]))


def may_be_python(name: str, data: bytes) -> bool:
    """Whether a file is worth a closer look by `is_python`: quick, and true wherever that is."""
    return ".py" in name.lower() or name.lower().endswith(".wsgi") or data.startswith(b"#!")


def is_of_concern(name: str) -> bool:
    """Whether a file of that name can hold anything to migrate: no prose, image, backup or unfinished file."""
    if name.startswith("._") or name.lower().endswith((*BACKUP_ENDINGS, *BINARY_ENDINGS, UNFINISHED)):
        return False
    return not any(fnmatch(name, pattern) for pattern in _PROSE)


def is_own(path: Path) -> bool:
    """Whether a file is ik-migrate's own: its configuration, a baseline, or a report as JSON or SARIF."""
    if path.suffix not in {".json", ".sarif"}:
        return path.name == "ik-migrate.toml"
    try:
        with path.open("rb") as stream:
            head = stream.read(1024)
    except OSError:
        return False
    return b'"ik-migrate-baseline"' in head or b'"name": "ik-migrate"' in head
