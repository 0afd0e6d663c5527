"""User text made fit to be shown or stored: paths and code can hold anything."""

from __future__ import annotations

import unicodedata

from ik_migrate.source.original_text import split_lines


def escape(text: str, encoding: str = "utf-8") -> str:
    """``text`` in one line, with all that is not plainly visible written as an escape.

    Control characters, line breaks, characters that change the direction of writing, bytes that could
    not be decoded, and what ``encoding`` has no place for become ``\\x1b``, ``\\u202e`` and so on.

    Args:
        text: from user code, a path or a message that quotes them.
        encoding: of the stream that it goes to.
    """
    if text.isprintable() and (text.isascii() or _fits(text, encoding)):
        return text
    return "".join(char if _is_plain(char) and _fits(char, encoding) else _escape(char) for char in text)


def visible_lines(text: str) -> str:
    """``text`` with its lines kept, and each of them as `escape` shows it; tabs of code become blanks."""
    return "\n".join(escape(line.expandtabs(4)) for line in split_lines(text))


def encodable(text: str) -> str:
    """``text`` as it is, but for the lone surrogates of undecodable bytes, which become ``\\x80`` and so on."""
    data = text.encode("utf-8", "surrogateescape") if _is_bytes_like(text) else text.encode("utf-8", "replace")
    return data.decode("utf-8", "backslashreplace")


def _is_plain(char: str) -> bool:
    return char.isprintable() or unicodedata.category(char) == "Zs"


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeError:
        return False
    return True


def _escape(char: str) -> str:
    if "\udc80" <= char <= "\udcff":
        # An undecodable byte, as the error handler "surrogateescape" hands it over.
        return f"\\x{ord(char) - 0xDC00:02x}"
    return char.encode("unicode_escape").decode("ascii")


def _is_bytes_like(text: str) -> bool:
    """Whether all lone surrogates of ``text`` stand for bytes."""
    return not any("\ud800" <= char < "\udc80" or "\udcff" < char <= "\udfff" for char in text)
