"""What kind of file a path names."""

from __future__ import annotations

import re
from fnmatch import fnmatch

_PYTHON = ("*.py", "*.pyw", "*.py.*", "*.py-*", "*.wsgi")
_INTERPRETER = re.compile(rb"^#!.*\bpython[\d.]*\b")
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
_BINARY = ("*.pyc", "*.pyo", "*.png", "*.jpg", "*.gif", "*.pdf", "*.zip", "*.gz", "*.mo", "*.sqlite*", "*.db")
BACKUP_ENDINGS = (".bak", ".orig", ".old", ".ik2", "~")
"""What the names of backups end in, those of ``apply --backup`` among them."""


def is_python(name: str, data: bytes) -> bool:
    """Whether a file is Python, by its name or its interpreter line; samples (``x.py.dist``) are."""
    lowered = name.lower()
    if lowered.endswith((".py.pyc", ".py.orig", ".py.rej")):
        return False
    return any(fnmatch(lowered, pattern) for pattern in _PYTHON) or bool(_INTERPRETER.match(data[:200]))


def is_of_concern(name: str) -> bool:
    """Whether a file of that name can hold anything to migrate: not prose, not a picture, not a backup."""
    if name.startswith("._") or name.lower().endswith(BACKUP_ENDINGS):
        return False
    return not any(fnmatch(name, pattern) for pattern in (*_PROSE, *_BINARY))
