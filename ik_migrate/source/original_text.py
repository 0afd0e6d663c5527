"""The text of a file as it was read, by its lines, for locations and reports."""

from __future__ import annotations

import re

from ik_migrate.model.result import FileResult

# The lines of a Python file; str.splitlines would also split at form feeds.
_NEWLINE = re.compile(r"\r\n|\r|\n")


def split_lines(text: str) -> list[str]:
    """The lines of ``text`` as Python counts them, without their ends."""
    return _NEWLINE.split(text)


def original_lines(result: FileResult) -> list[str]:
    """The lines of a file as it was read, see `decoded`."""
    return decoded_lines(result.before, result.encoding)


def decoded_lines(data: bytes, encoding: str) -> list[str]:
    """The lines of the bytes of a file, see `decoded`."""
    return split_lines(decoded(data, encoding))


def decoded(data: bytes, encoding: str) -> str:
    """``data`` as text, without a byte order mark, whatever it is.

    Args:
        data: what a file holds.
        encoding: the name of a codec, known or not.
    """
    try:
        # One character for each stray byte, as the columns of the findings count them.
        text = data.decode(encoding, "surrogateescape")
    except LookupError:
        text = data.decode("latin-1")
    except UnicodeError:
        text = data.decode(encoding, "replace")
    return text.removeprefix("\ufeff")
