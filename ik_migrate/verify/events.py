"""What the probe reports while it runs, one JSON object a line; see ``probe.py``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from ik_migrate.verify.image_records import CaseRecord
from ik_migrate.verify.json_values import HALF_CHARACTER, InvalidJson, Value
from ik_migrate.verify.records import (
    LONGEST_TEXT,
    MOST_FRAMES,
    MOST_PARTS,
    Environment,
    ErrorRecord,
    Problem,
    Rows,
    SpecRecord,
)
from ik_migrate.verify.snapshot import read_case, read_label

_CUT = "..."
_OUTER_FRAMES = 20
# What is not cut: it is of no use then.
_WHOLE = frozenset({"data", "fingerprint", "rows"})


class NotAnEvent(Exception):
    """A line that is not what the probe writes."""


@dataclass(frozen=True)
class Stage:
    """The probe begins to load something.

    Args:
        name: ``settings``, ``apps`` or ``models``.
    """

    name: str


@dataclass(frozen=True)
class Start:
    """An image is about to be generated."""

    label: str
    case: str

    def __str__(self) -> str:
        return f"{self.label}, {self.case}"


@dataclass(frozen=True)
class Case:
    """An image was generated, or was not."""

    label: str
    case: str
    record: CaseRecord


@dataclass(frozen=True)
class Check:
    """What happens to the files of some fields is about to be looked at.

    Args:
        model: the model of the fields.
        field: their source.
        check: the name of the check.
        specs: the labels of the fields.
    """

    model: str
    field: str
    check: str
    specs: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from others."""
        return self.model, self.field, self.check

    def __str__(self) -> str:
        return f"{self.model}.{self.field}, {self.check}"


@dataclass(frozen=True)
class Behaviour:
    """What happened to the files of a field in a check."""

    label: str
    check: str
    outcome: str


@dataclass(frozen=True)
class Spec:
    """A field describes itself."""

    label: str
    record: SpecRecord


@dataclass(frozen=True)
class Note:
    """There is something that the user should know."""

    message: str


@dataclass(frozen=True)
class Fatal:
    """The project cannot be loaded."""

    error: ErrorRecord


@dataclass(frozen=True)
class Died:
    """The interpreter ended, or is silent, without having reported its end."""

    reason: str


@dataclass(frozen=True)
class End:
    """All is done."""


Event = (
    Stage | Start | Case | Check | Behaviour | Spec | Note | Fatal | Died | End | Environment | Problem | Rows | None
)
"""What is reported; None for what is of no interest."""


def read_event(line: bytes) -> Event:
    """Return what a line says; what the project makes too long in it is cut.

    Raises:
        NotAnEvent: when it is not what the probe writes.
    """
    try:
        found = json.loads(line)
        if not isinstance(found, dict):
            raise NotAnEvent(repr(line[:200]))
        kind = found.pop("event", None)
        return _read(kind, Value(_fit(found)))
    except InvalidJson as error:
        raise NotAnEvent(f"{kind}: {error}") from None
    except (ValueError, RecursionError):
        raise NotAnEvent(repr(line[:200])) from None


def _read(kind: object, value: Value) -> Event:
    if kind == "image":
        return Case(*read_case(value))
    if kind == "start":
        found = value.entries(("spec", "case"))
        return Start(read_label(found["spec"]), found["case"].text(LONGEST_TEXT))
    if kind == "check":
        return _read_check(value)
    if kind == "behaviour":
        found = value.entries(("spec", "check", "outcome"))
        return Behaviour(read_label(found["spec"]), *(found[key].text(LONGEST_TEXT) for key in ("check", "outcome")))
    if kind == "spec":
        label = read_label(value.entries(("spec",), value.value)["spec"])
        return Spec(label, SpecRecord.read(Value({key: item for key, item in value.value.items() if key != "spec"})))
    if kind == "rows":
        return Rows.read(value)
    if kind == "stage":
        return Stage(value.entries(("stage",))["stage"].text(LONGEST_TEXT))
    if kind == "note":
        return Note(value.entries(("message",))["message"].text(LONGEST_TEXT))
    if kind == "problem":
        return Problem.read(value)
    if kind == "environment":
        return Environment.read(value)
    if kind == "fatal":
        return Fatal(ErrorRecord.read(value.entries(("error",))["error"]))
    if kind == "end":
        return End()
    if kind == "total":
        return None
    raise NotAnEvent(f"unknown event {kind!r}")


def _read_check(value: Value) -> Check:
    found = value.entries(("model", "field", "check", "specs"))
    model, field, check = (found[key].text(LONGEST_TEXT) for key in ("model", "field", "check"))
    return Check(model, field, check, tuple(map(read_label, found["specs"].items(MOST_PARTS))))


def _fit(value: Any, key: str = "") -> Any:
    """Cut what is longer than a snapshot holds, and replace halves of characters."""
    if isinstance(value, str):
        if key in _WHOLE:
            return value
        text = value if value.isascii() else re.sub(HALF_CHARACTER, "\ufffd", value)
        return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - len(_CUT)] + _CUT
    if isinstance(value, list):
        if key == "traceback" and len(value) > MOST_FRAMES:
            value = value[:_OUTER_FRAMES] + value[_OUTER_FRAMES - MOST_FRAMES :]
        elif key not in _WHOLE:
            value = value[:MOST_PARTS]
        return [_fit(item, key) for item in value]
    if isinstance(value, dict):
        return {_fit(name): _fit(item, name) for name, item in list(value.items())[:MOST_PARTS]}
    return value
