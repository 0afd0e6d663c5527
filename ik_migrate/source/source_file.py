"""One file: its bytes, its text, and the way back without ever losing either."""

from __future__ import annotations

import bisect
import codecs
import re
from dataclasses import dataclass
from functools import cached_property

from ik_migrate.model.location import Location

# Python counts lines by these three only; str.splitlines would also split at form feeds.
_NEWLINE = re.compile(r"\r\n|\r|\n")
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:[#\r\n]|$)")


class Undecodable(Exception):
    """The bytes are not text in the encoding that the file declares."""


@dataclass(frozen=True)
class Source:
    """The text of one file, and how it was encoded.

    Args:
        text: the decoded text without its byte order mark, newlines as they were.
        encoding: name of the codec.
        bom: the byte order mark that stood in front, or nothing.
    """

    text: str
    encoding: str
    bom: bytes = b""

    @classmethod
    def from_python(cls, data: bytes) -> Source:
        """Decode a Python file by its byte order mark or coding cookie, else as UTF-8.

        Raises:
            Undecodable: when the bytes do not fit, or would not come back the same.
        """
        bom = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        body = data[len(bom) :]
        encoding = "utf-8" if bom else _cookie(body) or "utf-8"
        try:
            text = body.decode(encoding)
            if text.encode(encoding) != body:
                raise Undecodable(f"does not come back the same from the encoding {encoding}")
        except LookupError:
            raise Undecodable(f"declares an unknown encoding, {encoding}") from None
        except UnicodeError as error:
            declared = "" if bom or _cookie(body) else "; it declares no other encoding"
            start = getattr(error, "start", 0)
            line = body.count(b"\n", 0, start) + 1
            raise Undecodable(f"line {line} is not {encoding}{declared}") from None
        return cls(text, encoding, bom)

    @classmethod
    def from_text(cls, data: bytes) -> Source:
        """Decode any other file: UTF-8, with stray bytes carried through unchanged."""
        bom = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        return cls(data[len(bom) :].decode("utf-8", "surrogateescape"), "utf-8", bom)

    def encode(self, text: str) -> bytes:
        """``text`` as the bytes of this file.

        Raises:
            UnicodeEncodeError: when the file's encoding has no place for a character of it.
        """
        errors = "surrogateescape" if self.encoding == "utf-8" else "strict"
        return self.bom + text.encode(self.encoding, errors)

    @cached_property
    def line_starts(self) -> list[int]:
        """Offset of the first character of each line."""
        return [0, *(match.end() for match in _NEWLINE.finditer(self.text))]

    def line(self, number: int) -> str:
        """The line of that number, counted from 0, with its newline."""
        start, *end = self.line_starts[number : number + 2]
        return self.text[start : end[0] if end else None]

    def lines(self) -> list[str]:
        """The lines, each with its newline; the last one is empty where the text ends with a newline."""
        ends = [*self.line_starts[1:], len(self.text)]
        return [self.text[start:end] for start, end in zip(self.line_starts, ends, strict=True)]

    @cached_property
    def newline(self) -> str:
        """The newline that the file uses most, ``\\n`` where it has none."""
        found = _NEWLINE.findall(self.text)
        return max(sorted(set(found)), key=found.count) if found else "\n"

    @cached_property
    def indent_unit(self) -> str:
        """One step of indentation as this file writes it, four spaces where it has none."""
        match = re.search(r":[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)([ \t]+)\S", self.text)
        return match.group(1) if match and not self._nested(match.start(1)) else "    "

    def _nested(self, offset: int) -> bool:
        """Whether the line before that of ``offset`` is itself indented."""
        line = self.line_of(offset)
        previous = self.text[self.line_starts[line - 1] :][:1] if line else ""
        return previous in {" ", "\t"}

    def line_of(self, offset: int) -> int:
        """0-based number of the line that ``offset`` stands in."""
        return bisect.bisect_right(self.line_starts, offset) - 1

    def indent_at(self, offset: int) -> str:
        """The white space that the line of ``offset`` starts with."""
        start = self.line_starts[self.line_of(offset)]
        match = re.compile(r"[ \t\f]*").match(self.text, start)
        # A form feed ends nothing and indents nothing.
        return match.group().rpartition("\f")[2] if match else ""

    def offset_of(self, place: Location) -> int:
        """The offset that a place starts at."""
        return self.line_starts[place.line - 1] + place.column - 1

    def locate(self, start: int, end: int) -> Location:
        """The 1-based lines and columns of the text from ``start`` to ``end``."""
        line, end_line = self.line_of(start), self.line_of(end)
        return Location(
            line + 1,
            start - self.line_starts[line] + 1,
            end_line + 1,
            end - self.line_starts[end_line] + 1,
        )


def _cookie(body: bytes) -> str | None:
    """The encoding named in the first two lines, as PEP 263 has it."""
    for line in body.splitlines()[:2]:
        match = _COOKIE.match(line)
        if match:
            return match.group(1).decode("ascii", "replace")
        if not _BLANK.match(line):
            return None
    return None
