"""JSON from somebody else: read within bounds, and taken apart with a clear error for whatever is not as it must be."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from ik_migrate.files.reading import bounded_content
from ik_migrate.reports.escape import escape

T = TypeVar("T")

_DIGITS = 18
_NAMED = 60
# Each value needs one of them. A value takes about a hundred bytes of memory, in the file two are enough.
_STRUCTURE = (b",", b":", b"[", b"{")
# Undecodable bytes of file names are what Python makes of them; any other half of a character is damage.
HALF_CHARACTER = re.compile("[\ud800-\udc7f\udd00-\udfff]")
"""Lone surrogates that stand for no byte."""


class InvalidJson(Exception):
    """The text or a value in it is not as it must be; the message says where and why, in one line."""


def read_json(path: Path, limit: int, most_values: int) -> Any:
    """Return the content of a JSON file.

    Args:
        path: the file.
        limit: how many bytes it may have.
        most_values: how many values may be in it.

    Raises:
        OSError: when it cannot be read, is not a regular file, or is too large.
        InvalidJson: when it is not JSON, or more of it than can be meant.
    """
    data = bounded_content(path, limit)
    if has_too_many_values(data, most_values):
        raise InvalidJson(f"it has more than {most_values:,} values")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidJson(f"it is not UTF-8 at byte {error.start:,}") from None
    del data
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=_refuse, parse_int=_integer, parse_float=_number
        )
    except RecursionError:
        raise InvalidJson("it is nested too deeply") from None
    except ValueError as error:
        raise InvalidJson(f"it is not JSON: {error}") from None


def has_too_many_values(data: bytes, most: int) -> bool:
    """Whether a JSON text may hold more than so many values; quick, and without holding any of them."""
    return sum(map(data.count, _STRUCTURE)) > 2 * most


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise InvalidJson(f"the key {_shown(name)} is given twice in one object")
        found[name] = value
    return found


def _refuse(name: str) -> NoReturn:
    raise InvalidJson(f"{name} is not a JSON number")


def _integer(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise InvalidJson(f"the number {digits[:_DIGITS]}... is too large")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise InvalidJson(f"the number {digits[:_NAMED]} is too large")
    return value


class Value:
    """A JSON value and its place, for errors.

    Args:
        value: what ``json`` made of it.
        parent: the value that it is in.
        key: its key or index there.
    """

    __slots__ = ("_key", "_parent", "value")

    def __init__(self, value: Any, parent: Value | None = None, key: str | int = "") -> None:
        self.value = value
        self._parent = parent
        self._key = key

    @property
    def place(self) -> str:
        """Where the value is: ``images[3].size``."""
        if self._parent is None:
            return ""
        above = self._parent.place
        if isinstance(self._key, int):
            return f"{above}[{self._key}]"
        key = self._key if re.fullmatch(r"\w{1,60}", self._key, re.ASCII) else _shown(self._key)
        return f"{above}.{key}" if above else key

    def fail(self, expected: str) -> NoReturn:
        """Say that the value is not what it must be.

        Raises:
            InvalidJson: always.
        """
        raise InvalidJson(f"{self.place or 'the file'} must be {expected}")

    def entries(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Value]:
        """The values of an object by their keys, which are all known here.

        Raises:
            InvalidJson: when it is not an object, or lacks a key, or has another.
        """
        found = self._object()
        for key in required:
            if key not in found:
                raise InvalidJson(f"{self.place or 'the file'} lacks the key {_shown(key)}")
        for key in found:
            if key not in required and key not in optional:
                raise InvalidJson(f"{self.place or 'the file'} has an unknown key, {_shown(key)}")
        return {key: Value(value, self, key) for key, value in found.items()}

    def mapping(self, most: int, longest_key: int) -> Iterator[tuple[str, Value]]:
        """The keys and values of an object with any keys.

        Raises:
            InvalidJson: when it is not an object, or has too many keys or too long ones.
        """
        found = self._object()
        if len(found) > most:
            self.fail(f"an object with at most {most:,} keys")
        for key, value in found.items():
            Value(key, self, key).text(longest_key)
            yield key, Value(value, self, key)

    def _object(self) -> dict[str, Any]:
        if not isinstance(self.value, dict):
            self.fail("an object")
        found: dict[str, Any] = self.value
        return found

    def items(self, most: int, least: int = 0) -> list[Value]:
        """The items of an array.

        Raises:
            InvalidJson: when it is not an array, or has too many or too few items.
        """
        if not isinstance(self.value, list) or not least <= len(self.value) <= most:
            self.fail(f"an array of {least} items" if least == most else f"an array of at most {most:,} items")
        return [Value(value, self, index) for index, value in enumerate(self.value)]

    def text(self, longest: int, pattern: re.Pattern[str] | None = None) -> str:
        """A string.

        Raises:
            InvalidJson: when it is not one, is too long, or does not match.
        """
        value = self.value
        if not isinstance(value, str) or len(value) > longest:
            self.fail(f"a string of at most {longest:,} characters")
        if not value.isascii() and HALF_CHARACTER.search(value):
            self.fail("a string without halves of characters (lone surrogates)")
        if pattern is not None and not pattern.fullmatch(value):
            self.fail(f"a string that matches {pattern.pattern}")
        return str(value)

    def choice(self, *choices: str) -> str:
        """One of some strings.

        Raises:
            InvalidJson: when it is none of them.
        """
        if not isinstance(self.value, str) or self.value not in choices:
            self.fail(f"one of {', '.join(choices)}")
        return str(self.value)

    def flag(self) -> bool:
        """True or false.

        Raises:
            InvalidJson: when it is neither.
        """
        if not isinstance(self.value, bool):
            self.fail("true or false")
        return bool(self.value)

    def integer(self, least: int, most: int) -> int:
        """An integer.

        Raises:
            InvalidJson: when it is not one, or not within the limits.
        """
        if not isinstance(self.value, int) or isinstance(self.value, bool) or not least <= self.value <= most:
            self.fail(f"an integer from {least:,} to {most:,}")
        return int(self.value)

    def number(self, least: float, most: float) -> float:
        """A number.

        Raises:
            InvalidJson: when it is not one, or not within the limits.
        """
        if isinstance(self.value, bool) or not isinstance(self.value, int | float) or not least <= self.value <= most:
            self.fail(f"a number from {least:,} to {most:,}")
        return float(self.value)

    def optional(self, read: Callable[[Value], T]) -> T | None:
        """What ``read`` makes of the value; None where it is null."""
        return None if self.value is None else read(self)


def _shown(text: str) -> str:
    """A text from the file in quotes, fit for a message."""
    return f"'{escape(text[:_NAMED])}{'...' if len(text) > _NAMED else ''}'"
