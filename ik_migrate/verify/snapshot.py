"""What the probe recorded of a project, as it is kept in a file between the two sides of an upgrade."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ik_migrate.model.version import VERSION
from ik_migrate.verify.image_records import CASE_KEYS, CaseRecord
from ik_migrate.verify.json_values import InvalidJson, Value, has_too_many_values, read_json
from ik_migrate.verify.records import (
    LARGEST_NUMBER,
    LONGEST_TEXT,
    Environment,
    Problem,
    Rows,
    RunOptions,
    SpecRecord,
    as_json,
)

FORMAT_VERSION = 2
KIND = "ik-migrate snapshot"

MOST_FIELDS = 10_000
MOST_IMAGES = 50_000
_MOST_NOTES = 1_000
_MOST_CHECKS = 100
_LARGEST = 256 * 1024 * 1024
_MOST_VALUES = 4_000_000
_KEYS = (
    *("version", "kind", "tool", "settings", "options", "environment"),
    *("problems", "notes", "rows", "specs", "images", "behaviours"),
)


class NotASnapshot(Exception):
    """A file that is not a snapshot, or a damaged one, or one of a version that is not known here."""


class TooLarge(Exception):
    """There is more to be recorded than a snapshot can hold; the message says of what."""


@dataclass
class Snapshot:
    """All that was recorded of a project under one interpreter.

    Args:
        settings: the settings module.
        options: the options of the run.
        environment: the versions of Python, Django, ImageKit, PILKit and Pillow.
        specs: what each spec field says of itself, by ``app.Model.field``; those that never worked are missing.
        images: what was generated, by field and case; a case is a row or a made-up image.
        rows: which rows were looked at, one entry for each model and source field.
        problems: apps and models that did not load, with the error.
        notes: what else there is to say, in sentences.
        behaviours: what happens to the files of each field, by check; see `behaviours`.
        checked: the checks that have been made, by model, source field and check; not in the file.
    """

    settings: str
    options: RunOptions
    environment: Environment = field(default_factory=lambda: Environment("", "", "", None, ""))
    specs: dict[str, SpecRecord] = field(default_factory=dict)
    images: dict[str, dict[str, CaseRecord]] = field(default_factory=dict)
    rows: list[Rows] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    behaviours: dict[str, dict[str, str]] = field(default_factory=dict)
    checked: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def fields(self) -> list[str]:
        """The labels of all spec fields and processed fields that were found."""
        return sorted({*self.specs, *self.images})

    def cases(self, label: str) -> dict[str, CaseRecord]:
        """What was recorded of one field, by case, in the order of the cases."""
        return self.images.get(label, {})

    def each_case(self) -> Iterator[tuple[str, str, CaseRecord]]:
        """Each field, case and what was recorded of it."""
        for label, cases in self.images.items():
            for case, record in cases.items():
                yield label, case, record

    def add(self, label: str, case: str, record: CaseRecord) -> None:
        """Add what was recorded of a field in a case."""
        self.images.setdefault(label, {})[case] = record

    def add_behaviour(self, label: str, check: str, outcome: str) -> None:
        """Add what happens to the files of a field in a check."""
        self.behaviours.setdefault(label, {})[check] = outcome

    def chosen_rows(self) -> dict[str, dict[str, list[str]]]:
        """The primary keys of the rows that were looked at, by model and source field; none where they were made up."""
        chosen: dict[str, dict[str, list[str]]] = {}
        for entry in self.rows:
            chosen.setdefault(entry.model, {})[entry.field] = list(entry.rows)
        return chosen

    def as_dict(self) -> dict[str, Any]:
        """The content of the file."""
        return {
            "version": FORMAT_VERSION,
            "kind": KIND,
            "tool": {"name": "ik-migrate", "version": VERSION},
            "settings": self.settings,
            "options": as_json(self.options),
            "environment": as_json(self.environment),
            "problems": [as_json(problem) for problem in self.problems],
            "notes": self.notes,
            "rows": [as_json(rows) for rows in self.rows],
            "specs": as_json(self.specs),
            "images": [{"spec": label, "case": case, **as_json(record)} for label, case, record in self.each_case()],
            "behaviours": self.behaviours,
        }

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all; ASCII, one line for each image.

        Raises:
            OSError: when it cannot be written.
            TooLarge: when nobody could read it.
        """
        from ik_migrate.files.report_files import new_text
        from ik_migrate.verify.json_lines import dumps

        images = sum(map(len, self.images.values()))
        if len(self.fields) > MOST_FIELDS or images > MOST_IMAGES:
            raise TooLarge(f"{len(self.fields):,} fields and {images:,} images are more than a snapshot can hold")
        text = dumps(self.as_dict())
        if len(text) > _LARGEST or has_too_many_values(text.encode("ascii"), _MOST_VALUES):
            raise TooLarge(f"{len(text) // 1024 // 1024} MB are more than a snapshot can hold")
        with new_text(path) as stream:
            stream.write(text)


def read_snapshot(path: Path) -> Snapshot:
    """Read what `Snapshot.write` wrote.

    Raises:
        OSError: when the file cannot be read, or is not a regular file.
        NotASnapshot: when it is something else, or damaged.
    """
    try:
        data = read_json(path, _LARGEST, _MOST_VALUES)
        if not isinstance(data, dict) or data.get("kind") != KIND:
            raise NotASnapshot(f"{path} is not a snapshot. ik-migrate snapshot -o {path} writes one.")
        version = Value(data.get("version"), Value(data), "version").integer(0, LARGEST_NUMBER)
        if version != FORMAT_VERSION:
            raise NotASnapshot(f"{path} is a snapshot of version {version}; this ik-migrate reads {FORMAT_VERSION}.")
        return _snapshot(Value(data))
    except InvalidJson as error:
        raise NotASnapshot(f"{path} is not a snapshot, or a damaged one: {error}.") from None


def _snapshot(value: Value) -> Snapshot:
    found = value.entries(_KEYS)
    tool = found["tool"].entries(("name", "version"))
    tool["name"].choice("ik-migrate")
    tool["version"].text(LONGEST_TEXT)
    snapshot = Snapshot(
        found["settings"].text(LONGEST_TEXT),
        RunOptions.read(found["options"]),
        Environment.read(found["environment"]),
        {read_label(label): SpecRecord.read(spec) for label, spec in _labels(found["specs"])},
        rows=[Rows.read(rows) for rows in found["rows"].items(MOST_FIELDS)],
        problems=[Problem.read(problem) for problem in found["problems"].items(MOST_FIELDS)],
        notes=[note.text(LONGEST_TEXT) for note in found["notes"].items(_MOST_NOTES)],
    )
    for image in found["images"].items(MOST_IMAGES):
        label, case, record = read_case(image)
        if case in snapshot.cases(label):
            image.fail("an image that is recorded once")
        snapshot.add(label, case, record)
    for name, checks in _labels(found["behaviours"]):
        for check, outcome in checks.mapping(_MOST_CHECKS, LONGEST_TEXT):
            snapshot.add_behaviour(read_label(name), check, outcome.text(LONGEST_TEXT))
    if len(snapshot.fields) > MOST_FIELDS:
        found["images"].fail(f"of at most {MOST_FIELDS:,} fields")
    return snapshot


def _labels(value: Value) -> Iterator[tuple[Value, Value]]:
    return ((Value(label, value, label), spec) for label, spec in value.mapping(MOST_FIELDS, LONGEST_TEXT))


def read_label(value: Value) -> str:
    """Return the label of a field, ``app.Model.field``.

    Raises:
        InvalidJson: when it is none.
    """
    label = value.text(LONGEST_TEXT)
    if label.count(".") < 2:
        value.fail("a label, app.Model.field")
    return label


def read_case(value: Value) -> tuple[str, str, CaseRecord]:
    """Return the label of a field, the case, and what was recorded of it.

    Raises:
        InvalidJson: when it is not such a record.
    """
    found = value.entries(("spec", "case"), CASE_KEYS)
    return read_label(found["spec"]), found["case"].text(LONGEST_TEXT), CaseRecord.read(value, found)
