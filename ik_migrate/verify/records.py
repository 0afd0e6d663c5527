"""What the probe records about a project and its spec fields; each with the way back from JSON.

A snapshot may come from somebody else, and what the probe writes passes through the code of the project: nothing of it
is used before it has gone through here.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from ik_migrate.verify.json_values import Value

LONGEST_TEXT = 10_000
"""Characters of any text: a message, a file name, a description of processors."""
MOST_FRAMES = 200
MOST_PARTS = 1_000
"""Processors of an image, attributes of a processor, options of a field."""
MOST_ROWS = 1_000
"""Rows of a model that are looked at."""

LARGEST_NUMBER = 2**53


def as_json(record: Any) -> Any:
    """Return a record as what ``json`` can write; omit optional values that are None."""
    if dataclasses.is_dataclass(record) and not isinstance(record, type):
        values = ((field, getattr(record, field.name)) for field in dataclasses.fields(record))
        return {
            field.metadata.get("key", field.name): as_json(value)
            for field, value in values
            if value is not None or not field.metadata.get("optional")
        }
    if isinstance(record, tuple):
        return [as_json(item) for item in record]
    if isinstance(record, dict):
        return {key: as_json(value) for key, value in record.items()}
    return record


@dataclass(frozen=True)
class Frame:
    """One line of a traceback."""

    file: str
    line: int
    function: str
    code: str

    @classmethod
    def read(cls, value: Value) -> Frame:
        """Return it from JSON."""
        found = value.entries(("file", "line", "function", "code"))
        return cls(
            found["file"].text(LONGEST_TEXT),
            found["line"].integer(-1, LARGEST_NUMBER),
            found["function"].text(LONGEST_TEXT),
            found["code"].text(LONGEST_TEXT),
        )


@dataclass(frozen=True)
class ErrorRecord:
    """What was raised; the traceback has the outermost call first."""

    type: str
    message: str
    traceback: tuple[Frame, ...] = ()

    def __str__(self) -> str:
        return f"{self.type}: {self.message}"

    @classmethod
    def read(cls, value: Value) -> ErrorRecord:
        """Return it from JSON."""
        found = value.entries(("type", "message", "traceback"))
        return cls(
            found["type"].text(LONGEST_TEXT),
            found["message"].text(LONGEST_TEXT),
            tuple(Frame.read(frame) for frame in found["traceback"].items(MOST_FRAMES)),
        )


@dataclass(frozen=True)
class Problem:
    """An app, or models, that do not load."""

    where: str
    error: ErrorRecord

    @classmethod
    def read(cls, value: Value) -> Problem:
        """Return it from JSON."""
        found = value.entries(("where", "error"))
        return cls(found["where"].text(LONGEST_TEXT), ErrorRecord.read(found["error"]))


@dataclass(frozen=True)
class Rows:
    """The rows of a model that were looked at.

    Args:
        model: ``app.Model``.
        field: the source; empty if it is not a field.
        total: how many have an image; None where they were not read.
        rows: primary keys of the sample.
        problem: why they could not be read.
    """

    model: str
    field: str
    total: int | None
    rows: tuple[str, ...]
    problem: ErrorRecord | None

    @classmethod
    def read(cls, value: Value) -> Rows:
        """Return it from JSON."""
        found = value.entries(("model", "field", "total", "rows", "problem"))
        return cls(
            found["model"].text(LONGEST_TEXT),
            found["field"].text(LONGEST_TEXT),
            found["total"].optional(lambda total: total.integer(0, LARGEST_NUMBER)),
            tuple(row.text(LONGEST_TEXT) for row in found["rows"].items(MOST_ROWS)),
            found["problem"].optional(ErrorRecord.read),
        )


@dataclass(frozen=True)
class Environment:
    """The versions that a project runs on; PILKit is None under ImageKit 2."""

    python: str
    django: str
    imagekit: str
    pilkit: str | None
    pillow: str

    @classmethod
    def read(cls, value: Value) -> Environment:
        """Return it from JSON."""
        found = value.entries(("python", "django", "imagekit", "pilkit", "pillow"))
        return cls(
            found["python"].text(LONGEST_TEXT),
            found["django"].text(LONGEST_TEXT),
            found["imagekit"].text(LONGEST_TEXT),
            found["pilkit"].optional(lambda pilkit: pilkit.text(LONGEST_TEXT)),
            found["pillow"].text(LONGEST_TEXT),
        )


@dataclass(frozen=True)
class RunOptions:
    """The options of a run; the time limit is in seconds."""

    sample: int
    synthetic: bool
    time_limit: float
    images: bool
    behaviours: bool

    @classmethod
    def read(cls, value: Value) -> RunOptions:
        """Return it from JSON."""
        found = value.entries(("sample", "synthetic", "time_limit", "images", "behaviours"))
        return cls(
            found["sample"].integer(0, LARGEST_NUMBER),
            found["synthetic"].flag(),
            found["time_limit"].number(0, LARGEST_NUMBER),
            found["images"].flag(),
            found["behaviours"].flag(),
        )


@dataclass(frozen=True)
class StorageRecord:
    """A storage; its folder, relative to MEDIA_ROOT, and its address are None where it has none."""

    name: str = dataclasses.field(metadata={"key": "class"})
    folder: str | None
    url: str | None

    @classmethod
    def read(cls, value: Value) -> StorageRecord:
        """Return it from JSON."""
        found = value.entries(("class", "folder", "url"))
        return cls(
            found["class"].text(LONGEST_TEXT),
            found["folder"].optional(lambda folder: folder.text(LONGEST_TEXT)),
            found["url"].optional(lambda url: url.text(LONGEST_TEXT)),
        )


@dataclass(frozen=True)
class SpecRecord:
    """What a spec field, or a processed field, says of itself.

    Args:
        kind: ``spec`` or ``processed``.
        source: the attribute that its images are made from.
        chained: whether that is a spec field too.
        processors: in words.
        format: as it was given; None where it was not.
        options: for saving, with their values in words.
        naming: who chooses the names of its files.
        own_storage: whether a storage was given.
        strategy: when its images are generated; None for a processed field.
        spec_class: the name of the class under ImageKit 3.
        storage: where its files are.
    """

    kind: str
    source: str | None
    chained: bool
    processors: str
    format: str | None
    options: dict[str, str]
    naming: str
    own_storage: bool
    strategy: str | None
    spec_class: str | None
    storage: StorageRecord

    @classmethod
    def read(cls, value: Value) -> SpecRecord:
        """Return it from JSON."""
        found = value.entries([field.name for field in dataclasses.fields(cls)])
        return cls(
            found["kind"].choice("spec", "processed"),
            found["source"].optional(lambda source: source.text(LONGEST_TEXT)),
            found["chained"].flag(),
            found["processors"].text(LONGEST_TEXT),
            found["format"].optional(lambda name: name.text(LONGEST_TEXT)),
            {name: option.text(LONGEST_TEXT) for name, option in found["options"].mapping(MOST_PARTS, LONGEST_TEXT)},
            found["naming"].choice("default", "callable", "folder", "own", "upload"),
            found["own_storage"].flag(),
            found["strategy"].optional(lambda strategy: strategy.text(LONGEST_TEXT)),
            found["spec_class"].optional(lambda name: name.text(LONGEST_TEXT)),
            StorageRecord.read(found["storage"]),
        )
