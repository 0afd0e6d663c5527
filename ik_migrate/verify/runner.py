"""Runs the probe in the project's own interpreter."""

from __future__ import annotations

import json
import os
import queue
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import IO

from ik_migrate.verify.errors import project_traceback
from ik_migrate.verify.snapshot import Record, Snapshot

_BOOTSTRAP = "import sys;exec(compile(getattr(sys.stdin,'buffer',sys.stdin).read(),'ik-migrate-probe','exec'))"
_START_SECONDS = 600.0
"""How long the project may take to be loaded."""
_GRACE_SECONDS = 30.0
"""How long after its time limit a picture that ignores the limit is waited for."""
_MOST_RESTARTS = 20
_STDERR_LINES = 15


class ProbeFailed(Exception):
    """The project could not be looked at at all.

    Args:
        reason: in one sentence.
        details: a traceback, or what the interpreter printed last; may be empty.
    """

    def __init__(self, reason: str, details: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details


@dataclass(frozen=True)
class Request:
    """What the probe is to do.

    Args:
        python: the command that starts the interpreter, in parts.
        project: the folder with manage.py.
        settings: the settings module.
        paths: more folders to import from, relative to the project or absolute.
        sample: how many rows to look at, for each model and source field.
        synthetic: use neither the database nor the pictures in it.
        time_limit: for one picture, in seconds.
        pictures: hand the pictures over as well.
        rows: the rows to look at, by model and source field, instead of a sample.
    """

    python: Sequence[str]
    project: Path
    settings: str
    paths: Sequence[str] = ()
    sample: int = 5
    synthetic: bool = False
    time_limit: float = 30.0
    pictures: bool = False
    rows: dict[str, dict[str, list[str]]] = field(default_factory=dict)


def take_snapshot(request: Request, progress: Callable[[str], None] = lambda message: None) -> Snapshot:
    """Run the probe to its end, again where a picture brought the interpreter down.

    Args:
        request: what to do.
        progress: is told what is being done.

    Raises:
        ProbeFailed: when there is nothing to compare: no such interpreter, settings that can't be loaded.
    """
    options = {name: getattr(request, name) for name in ("sample", "synthetic", "time_limit", "pictures")}
    snapshot = Snapshot(request.settings, options)
    for _ in range(_MOST_RESTARTS):
        stuck = _run_once(request, snapshot, progress)
        if stuck is None:
            return snapshot
        key, reason = stuck
        error = {"type": "InterpreterStopped", "message": reason, "traceback": []}
        snapshot.pictures[key] = {"error": error}
        # What is told at the start is told again.
        snapshot.problems.clear()
        snapshot.notes.clear()
        snapshot.rows.clear()
    raise ProbeFailed(
        f"The interpreter was brought down by {_MOST_RESTARTS} pictures, the last was {key[0]} of {key[1]}."
    )


def _run_once(
    request: Request, snapshot: Snapshot, progress: Callable[[str], None]
) -> tuple[tuple[str, str], str] | None:
    """Add what one run of the probe sees to the snapshot; the picture that it did not survive, and why, or None."""
    scratch = tempfile.mkdtemp(prefix="ik-migrate-")
    try:
        with tempfile.TemporaryFile() as errors, _Probe(request, _text(request, snapshot, scratch), errors) as probe:
            return _follow(probe, request, snapshot, progress)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _text(request: Request, snapshot: Snapshot, scratch: str) -> bytes:
    """The probe, and the call of its main function with what it is to do."""
    asked = {
        "project": os.path.abspath(request.project) if request.project.exists() else str(request.project),
        "settings": request.settings,
        "paths": list(request.paths),
        "sample": request.sample,
        "synthetic": request.synthetic,
        "time_limit": request.time_limit,
        "pictures": request.pictures,
        "rows": request.rows,
        "scratch": scratch,
        "done": [list(key) for key in snapshot.pictures],
    }
    probe = resources.files("ik_migrate.verify").joinpath("probe.py").read_bytes()
    return probe + f"\n\nmain({json.dumps(asked)!r})\n".encode("ascii")


class _Probe:
    """The interpreter while it runs the probe."""

    def __init__(self, request: Request, text: bytes, errors: IO[bytes]) -> None:
        command = [*request.python, "-B", "-c", _BOOTSTRAP]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=request.project if request.project.is_dir() else None,
            )
        except OSError as error:
            raise ProbeFailed(f"{request.python[0]} can't be started: {error.strerror or error}.") from error
        self._errors = errors
        self._lines: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._feed, args=(text,), daemon=True).start()
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> _Probe:
        return self

    def __exit__(self, *raised: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def _feed(self, text: bytes) -> None:
        stream = self._process.stdin
        assert stream is not None
        try:
            with stream:
                stream.write(text)
        except OSError:
            return  # it ended before it had read all: what it printed says why

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        with stream:
            for line in stream:
                self._lines.put(line)
        self._lines.put(b"")

    def event(self, seconds: float) -> Record | None:
        """The next event; None at the end.

        Raises:
            TimeoutError: when there is none for that many seconds.
            ProbeFailed: when what it says is not understood.
        """
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError from None
        if not line:
            return None
        try:
            event: Record = json.loads(line)
        except ValueError:
            raise ProbeFailed("What the interpreter says is not understood: is it Python?", repr(line[:200])) from None
        return event

    def status(self) -> int:
        return self._process.wait()

    def last_words(self) -> str:
        """The last lines that the interpreter printed."""
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").splitlines()
        return "\n".join(lines[-_STDERR_LINES:])


def _follow(
    probe: _Probe, request: Request, snapshot: Snapshot, progress: Callable[[str], None]
) -> tuple[tuple[str, str], str] | None:
    current: tuple[str, str] | None = None
    stage = ""
    while True:
        event = _next(probe, request.time_limit + _GRACE_SECONDS if current else _START_SECONDS)
        kind = event.pop("event")
        if kind == "died":
            if current is None:
                raise ProbeFailed(_death(event["reason"], stage), probe.last_words())
            return current, event["reason"]
        if kind == "stage":
            stage = event["stage"]
            progress(f"loading {stage}")
        elif kind == "fatal":
            raise ProbeFailed(_fatal(event["error"], stage, request), project_traceback(event["error"]))
        elif kind == "start":
            current = event["spec"], event["case"]
            progress(f"{event['spec']}, {event['case']}")
        elif kind == "end":
            return None
        else:
            current = _add(snapshot, kind, event, current)


def _next(probe: _Probe, seconds: float) -> Record:
    """The next event, ``died`` where the interpreter ends or falls silent without having said that it is done."""
    try:
        event = probe.event(seconds)
    except TimeoutError:
        return {"event": "died", "reason": "it took too long, and could not be interrupted"}
    if event is None:
        return {"event": "died", "reason": f"the interpreter ended with status {probe.status()}"}
    return event


def _add(snapshot: Snapshot, kind: str, event: Record, current: tuple[str, str] | None) -> tuple[str, str] | None:
    """Put an event into the snapshot; the picture that is being made then."""
    if kind == "environment":
        snapshot.environment = event
    elif kind == "note":
        snapshot.notes.append(event["message"])
    elif kind == "problem":
        snapshot.problems.append(event)
    elif kind == "rows":
        snapshot.rows.append(event)
    elif kind == "spec":
        snapshot.specs.setdefault(event.pop("spec"), event)
    elif kind == "picture":
        snapshot.pictures[event.pop("spec"), event.pop("case")] = event
        return None
    return current


def _death(reason: str, stage: str) -> str:
    if not stage:
        return f"{reason[0].upper()}{reason[1:]} before the probe had begun: is it Python 2.7 or 3?"
    return f"{reason[0].upper()}{reason[1:]} while loading the {stage}."


def _fatal(error: Record, stage: str, request: Request) -> str:
    message = f"{error['type']}: {error['message']}"
    if re.fullmatch(r"No module named '?django(\.\w+)*'?", error["message"]):
        return f"{' '.join(request.python)} has no Django: is it the interpreter that the site runs on?"
    if stage == "settings":
        return f"The settings {request.settings} can't be loaded: {message}"
    return f"The project can't be loaded: {message}"
