"""What makes a file worth a look."""

from __future__ import annotations

from collections.abc import Iterable

PYTHON_TRIGGERS = (b"IMAGEKIT", b"._ik.spec_fi")
"""What Python code that uses ImageKit may say and nothing else: a setting, or the specs of an instance."""


TRIGGERS = (b"imagekit", b"ikcache", *PYTHON_TRIGGERS)
"""What a file that uses ImageKit says somewhere: besides those the package, or a command."""


IGNORE_COMMENT = b"ik-migrate: ignore"
"""What a comment for us says; looked for only in projects that use ImageKit, which costs the others nothing."""


EXCLUDED = "excluded"
"""The reason for a file that the user excludes."""


def has_trigger(data: bytes, triggers: Iterable[bytes] = TRIGGERS) -> bool:
    """Whether one of ``triggers`` is in ``data``."""
    return any(trigger in data for trigger in triggers)
