"""The comparison for programs: JSON of a stable form, see ``schema.json`` and ``docs/verify.md``."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import IO, Any

from ik_migrate.model.version import VERSION
from ik_migrate.verify.behaviours import BehaviourResult
from ik_migrate.verify.image_records import CaseRecord
from ik_migrate.verify.records import as_json
from ik_migrate.verify.results import CaseResult, Comparison, Difference, FieldResult, Verdict
from ik_migrate.verify.snapshot import Snapshot

SCHEMA_VERSION = 1


def write_json(comparison: Comparison, stream: IO[str]) -> None:
    """Write the comparison as one JSON object, ASCII only, with a newline at the end.

    Args:
        comparison: what to tell.
        stream: where to write; any encoding that holds ASCII will do.
    """
    json.dump(as_dict(comparison), stream, indent=2)
    stream.write("\n")


def as_dict(comparison: Comparison) -> dict[str, Any]:
    """The comparison as the plain data that the schema describes; its keys always come in the same order."""
    counts = Counter(field.verdict for field in comparison.fields)
    return {
        "version": SCHEMA_VERSION,
        "tool": {"name": "ik-migrate", "version": VERSION},
        "command": "verify",
        "before": _side(comparison.before) if comparison.before else None,
        "after": _side(comparison.after),
        "summary": {
            "fields": len(comparison.fields),
            "images": sum(len(field.cases) for field in comparison.fields),
            "by_verdict": {verdict.value: counts[verdict] for verdict in Verdict},
            "exit_status": comparison.exit_status,
        },
        "problems": [{**as_json(problem), **_explanation(cause)} for problem, cause in comparison.problems],
        "fields": [_field(field) for field in comparison.fields],
        "behaviours": [_behaviour(result) for result in comparison.behaviours],
    }


def _side(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "settings": snapshot.settings,
        "options": as_json(snapshot.options),
        "environment": as_json(snapshot.environment),
        "notes": snapshot.notes,
        "rows": [as_json(rows) for rows in snapshot.rows],
    }


def _field(field: FieldResult) -> dict[str, Any]:
    return {
        "field": field.label,
        "verdict": field.verdict.value,
        "differences": [_difference(difference) for difference in field.differences],
        "images": [_case(case) for case in field.cases],
    }


def _behaviour(result: BehaviourResult) -> dict[str, str]:
    return {
        "field": result.label,
        "check": result.check,
        "before": result.before,
        "after": result.after,
        "kept": result.kept.value,
    }


def _case(case: CaseResult) -> dict[str, Any]:
    return {
        "case": case.case,
        "verdict": case.verdict.value,
        "reason": case.reason,
        "differences": [_difference(difference) for difference in case.differences],
        "before": _record(case.before),
        "after": _record(case.after),
    }


def _difference(difference: Difference) -> dict[str, str]:
    return {
        "what": difference.what,
        "before": difference.before,
        "after": difference.after,
        "verdict": difference.verdict.value,
        **_explanation(difference),
    }


def _explanation(difference: Difference) -> dict[str, str]:
    return {"rule": difference.rule, "reason": difference.reason}


def _record(record: CaseRecord | None) -> dict[str, Any] | None:
    """What was recorded of one image, without the image itself."""
    if record is None:
        return None
    image = None if record.image is None else as_json(replace(record.image, view=None))
    return {
        "name": record.name,
        "url": record.url,
        "source": as_json(record.source),
        "image": image,
        "error": as_json(record.error),
        "skipped": record.skipped,
    }
