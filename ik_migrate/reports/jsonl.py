"""The report for programs that read line by line: JSON objects, each with its ``type``."""

from __future__ import annotations

import json
from typing import IO, Any

from ik_migrate.model.report import Report
from ik_migrate.reports.json_report import as_dict


def write_jsonl(report: Report, stream: IO[str]) -> None:
    """Write one line for each finding, one for each file and error, and one for the run; ASCII only.

    The objects are those of the JSON report, cut up: a finding also has the ``path`` of its file, and a file comes
    after its findings. The run comes last, so that a reader knows that it has seen all of it.

    Args:
        report: what was found.
        stream: where to write; any encoding that holds ASCII will do.
    """
    run = as_dict(report)
    for file in run.pop("files"):
        for finding in file.pop("findings"):
            _write(stream, "finding", {"path": file["path"], **finding})
        _write(stream, "file", file)
    for error in run.pop("errors"):
        _write(stream, "error", error)
    _write(stream, "run", run)


def _write(stream: IO[str], kind: str, fields: dict[str, Any]) -> None:
    stream.write(json.dumps({"type": kind, **fields}) + "\n")
