"""Sure signs of Python 2: code that no Python 3 takes, or that none takes for what it means in Python 2.

They are looked for in the text, not by a parser that refuses it: what a parser refuses changes from one Python 3 to the
next. Python 3.14 takes ``except ValueError, error:`` for two types of exceptions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_NEWLINE: Final = re.compile(r"\r\n|\r|\n")
# What follows `print` or `exec` where that is a name.
_OPERATORS: Final = "and|as|async|else|for|from|if|import|in|is|not|or"
_VALUE: Final = rf"(?:[ \t]*[uUbB]?[rR]?[\"'{{]|[ \t]+(?!(?:{_OPERATORS})\b)\w)"
_PRINT: Final = rf"print(?:{_VALUE}|[ \t]*>>)"
_EXEC: Final = rf"exec{_VALUE}"
# Bounded, like all that may be long, so that no text takes a time that grows with the square of its length.
_EXCEPT: Final = (
    r"except\b[ \t]*(?:[\w.]{0,99}\([^()]{0,500}\)|[\w.]{1,99})[ \t]*,[ \t]*(?P<target>[A-Za-z_]\w{0,99})[ \t]*:"
)
_RAISE: Final = r"raise[ \t]+[\w.]{1,99}(?:\[[^][\r\n]{0,99}\])?[ \t]*,"
_OCTAL: Final = r"0(?<=[ \t(,=\[{|&~]0)0{0,99}[1-7][0-7]{0,99}[lL]?(?=[ \t]*[]),;}|&\r\n#])"
# With a word without which there is no match: to look for that is ten times as fast.
_TOKENS: Final = (
    ("<>", re.compile("<>")),
    ("0", re.compile(_OCTAL)),
    ("ur", re.compile(r"ur(?<![0-9A-Za-z_]ur)[\"']")),
)
_STATEMENTS: Final = tuple(
    (word, re.compile(pattern, re.ASCII))
    for word, pattern in (("print", _PRINT), ("except", _EXCEPT), ("raise", _RAISE), ("exec", _EXEC))
)
# A string that is not closed is the rest of the file, or of the line.
_NO_CODE: Final = re.compile(
    r"""\#[^\r\n]*"""
    r"""|\'\'\'[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*(?:\'\'\'|\\?\Z)"""
    r"""|\"\"\"[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*(?:\"\"\"|\\?\Z)"""
    r"""|'[^'\\\r\n]*(?:\\(?:\r\n|.)[^'\\\r\n]*)*'?"""
    r"""|"[^"\\\r\n]*(?:\\(?:\r\n|.)[^"\\\r\n]*)*"?""",
    re.DOTALL,
)
_LONGEST: Final = 60


class Sign(NamedTuple):
    """Where a file shows that it is Python 2.

    Args:
        line: its line, counted from 1.
        text: that line, without the space around it, and cut where it is long.
    """

    line: int
    text: str


def find_sign(text: str) -> Sign | None:
    """Return the first sure sign of Python 2 in the code of a file; None where there is none."""
    code = _code(text)
    first = min((match.start() for match in _signs(code) if not _may_be_a_type(match, code)), default=None)
    return None if first is None else sign_at(text, len(_NEWLINE.findall(code, 0, first)))


def has_sign(text: str) -> bool:
    """Whether the code of a file has a sign, or ``except ValueError, TypeError:``, which Python 3.14 takes as well."""
    return any(True for _ in _signs(_code(text)))


def _code(text: str) -> str:
    """The text without its strings and comments; nothing where there is no sign even in these, which saves time."""
    return _NO_CODE.sub(_blank, text) if any(True for _ in _signs(text)) else ""


def sign_at(text: str, line: int) -> Sign:
    """Return a line, counted from 0, as a sign."""
    shown = _NEWLINE.split(text)[line].strip()
    return Sign(line + 1, shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 3]}...")


def _signs(text: str) -> Iterator[re.Match[str]]:
    """Yield what are signs of Python 2 if it is code."""
    for word, pattern in _TOKENS:
        if word in text:
            yield from pattern.finditer(text)
    for word, pattern in _STATEMENTS:
        if word in text:
            yield from (match for match in pattern.finditer(text) if _begins_statement(text, match.start()))


def _begins_statement(text: str, offset: int) -> bool:
    """Whether nothing but blanks is between an offset and the start of its line, a semicolon or a colon."""
    while offset and text[offset - 1] in " \t\f":
        offset -= 1
    return not offset or text[offset - 1] in "\r\n;:"


def _blank(match: re.Match[str]) -> str:
    """Return what is put for a string or a comment: as many lines, and nothing that is code."""
    found = match.group()
    if found[0] == "#":
        return ""
    return "''" + "\n" * len(_NEWLINE.findall(found)) if "\n" in found or "\r" in found else "''"


def _may_be_a_type(match: re.Match[str], code: str) -> bool:
    """Whether ``except ValueError, name:`` may name a second type, as Python 3.14 reads it."""
    name = match.groupdict().get("target")
    if name is None:
        return False
    return not name[0].islower() or re.search(rf"\b(?:import|class)\b[^\r\n]*\b{name}\b", code) is not None
