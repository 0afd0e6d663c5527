"""What the probe saw of a project, as it is kept in a file between the two sides of an upgrade."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ik_migrate import __version__

VERSION = 1
KIND = "ik-migrate snapshot"

Record = dict[str, Any]
"""One JSON object; the probe says what is in which."""


class NotASnapshot(Exception):
    """A file that is no snapshot, or one of a version that is not known here."""


@dataclass
class Snapshot:
    """All that was seen of a project under one interpreter.

    Args:
        settings: the settings module.
        options: what was asked for: ``sample``, ``synthetic``, ``time_limit`` in seconds, ``pictures``.
        environment: the versions of Python, Django, ImageKit, PILKit and Pillow.
        specs: what each spec field says of itself, by ``app.Model.field``; those that never worked are not there.
        pictures: what was made, by spec field and case; a case is a row or a made-up picture.
        rows: which rows were looked at, one entry for each model and source field.
        problems: apps and models that did not load, with the error.
        notes: what else is to be told, in sentences.
    """

    settings: str
    options: Record
    environment: Record = field(default_factory=dict)
    specs: dict[str, Record] = field(default_factory=dict)
    pictures: dict[tuple[str, str], Record] = field(default_factory=dict)
    rows: list[Record] = field(default_factory=list)
    problems: list[Record] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def fields(self) -> list[str]:
        """The labels of all spec fields and processed fields that were found."""
        return sorted({*self.specs, *(spec for spec, _ in self.pictures)})

    def cases(self, spec: str) -> dict[str, Record]:
        """What was made for one field, by case, in the order of the cases."""
        return {case: record for (label, case), record in self.pictures.items() if label == spec}

    @property
    def failures(self) -> list[tuple[str, str]]:
        """Fields and cases in which no picture could be made."""
        return [key for key, record in self.pictures.items() if "error" in record]

    def chosen_rows(self) -> dict[str, dict[str, list[str]]]:
        """The primary keys of the rows that were looked at, by model and source field; none where they were made up."""
        chosen: dict[str, dict[str, list[str]]] = {}
        for entry in self.rows:
            chosen.setdefault(entry["model"], {})[entry["field"]] = entry["rows"]
        return chosen

    def as_dict(self) -> Record:
        """The content of the file."""
        return {
            "version": VERSION,
            "kind": KIND,
            "tool": {"name": "ik-migrate", "version": __version__},
            "settings": self.settings,
            "options": self.options,
            "environment": self.environment,
            "problems": self.problems,
            "notes": self.notes,
            "rows": self.rows,
            "specs": self.specs,
            "pictures": [{"spec": spec, "case": case, **record} for (spec, case), record in self.pictures.items()],
        }

    def write(self, path: Path) -> None:
        """Write the file; ASCII, one line for each picture."""
        from ik_migrate.verify.json_lines import dumps

        path.write_text(dumps(self.as_dict()), "ascii", newline="\n")


def read_snapshot(path: Path) -> Snapshot:
    """Read what `Snapshot.write` wrote.

    Raises:
        OSError: when the file can't be read.
        NotASnapshot: when it is something else.
    """
    try:
        data = json.loads(path.read_bytes())
    except ValueError as error:
        raise NotASnapshot(f"{path} is no snapshot: {error}") from error
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise NotASnapshot(f"{path} is no snapshot. ik-migrate snapshot -o {path} writes one.")
    if data.get("version") != VERSION:
        raise NotASnapshot(f"{path} is a snapshot of version {data.get('version')}; this ik-migrate reads {VERSION}.")
    try:
        pictures = {
            (record["spec"], record["case"]): {key: record[key] for key in record.keys() - {"spec", "case"}}
            for record in data["pictures"]
        }
        names = ("settings", "options", "environment", "specs", "rows", "problems", "notes")
        return Snapshot(pictures=pictures, **{name: data[name] for name in names})
    except (KeyError, TypeError, AttributeError) as error:
        raise NotASnapshot(f"{path} is a damaged snapshot: {error!r}") from error
