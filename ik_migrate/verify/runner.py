"""Run the probe in the project's own interpreter."""

from __future__ import annotations

import os
import queue
import re
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ik_migrate.files.repository import top_of
from ik_migrate.files.scratch import scratch_folder
from ik_migrate.files.signals import postpone_signals
from ik_migrate.verify.behaviours import NOT_CHECKED
from ik_migrate.verify.errors import project_traceback
from ik_migrate.verify.events import (
    Behaviour,
    Case,
    Check,
    Died,
    End,
    Event,
    Fatal,
    NotAnEvent,
    Note,
    Spec,
    Stage,
    Start,
    read_event,
)
from ik_migrate.verify.image_records import CaseRecord
from ik_migrate.verify.probe_script import probe_script
from ik_migrate.verify.records import Environment, ErrorRecord, Problem, Rows, RunOptions
from ik_migrate.verify.snapshot import Snapshot

_BOOTSTRAP = "import sys;exec(compile(getattr(sys.stdin,'buffer',sys.stdin).read(),'ik-migrate-probe','exec'))"
_START_SECONDS = 600.0
"""How long the project may take to be loaded."""
_GRACE_SECONDS = 30.0
"""How long to wait for an image that ignores its time limit, after that limit."""
_MOST_RESTARTS = 20
_STDERR_LINES = 15
_STDERR_BYTES = 64 * 1024
_LONGEST_LINE = 24 * 1024 * 1024
_MOST_WAITING = 8
_END_SECONDS = 1.0
"""How long an interpreter that was asked to end is waited for."""


class ProbeFailed(Exception):
    """The site could not be run at all.

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
        synthetic: use neither the database nor the images in it.
        time_limit: for one image, in seconds.
        images: also return the images themselves.
        rows: the rows to look at, by model and source field, instead of a sample.
        behaviours: also look at what happens when rows are saved and deleted.
        copied_from: where ``project`` is the copy of a folder: the prefix of its path there, and the project's root.
    """

    python: Sequence[str]
    project: Path
    settings: str
    paths: Sequence[str] = ()
    sample: int = 5
    synthetic: bool = False
    time_limit: float = 30.0
    images: bool = False
    rows: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    behaviours: bool = True
    copied_from: tuple[Path, Path] | None = None

    def environment(self) -> dict[str, str] | None:
        """Return the environment for the interpreter: paths of the project name its copy; None where there is none."""
        if self.copied_from is None:
            return None
        prefix, root = map(str, self.copied_from)

        def moved(value: str) -> str:
            is_inside = value == root or value.startswith(os.path.join(root, ""))
            return prefix + value if is_inside and os.path.exists(prefix + value) else value

        found = {
            name: os.pathsep.join(map(moved, value.split(os.pathsep))) if root in value else value
            for name, value in os.environ.items()
        }
        top = top_of(Path(root))
        if top is not None:
            # Settings may ask git for the version; it is not to refresh its index for that.
            found = {"GIT_DIR": str(top / ".git"), "GIT_WORK_TREE": prefix + str(top), **found}
        return {**found, "GIT_OPTIONAL_LOCKS": "0"}


def take_snapshot(request: Request, progress: Callable[[str], None] = lambda message: None) -> Snapshot:
    """Run the probe to its end; run it again if an image crashed the interpreter.

    Args:
        request: what to do.
        progress: called with what is being done.

    Raises:
        ProbeFailed: when there is nothing to compare: no such interpreter, settings that cannot be loaded.
    """
    options = RunOptions(request.sample, request.synthetic, request.time_limit, request.images, request.behaviours)
    snapshot = Snapshot(request.settings, options)
    for _ in range(_MOST_RESTARTS):
        stuck = _run_once(request, snapshot, progress)
        if stuck is None:
            return snapshot
        current, reason = stuck
        if isinstance(current, Check):
            snapshot.checked.append(current.key)
            for label in current.specs:
                snapshot.add_behaviour(label, current.check, f"{NOT_CHECKED}{reason}")
        else:
            snapshot.add(current.label, current.case, CaseRecord(error=ErrorRecord("InterpreterStopped", reason)))
        # What is reported at the start is reported again.
        snapshot.problems.clear()
        snapshot.notes.clear()
        snapshot.rows.clear()
    raise ProbeFailed(f"The interpreter was brought down {_MOST_RESTARTS} times, the last time by {current}.")


def _run_once(
    request: Request, snapshot: Snapshot, progress: Callable[[str], None]
) -> tuple[Start | Check, str] | None:
    """Add what one run of the probe records to the snapshot; return the image that it did not survive, and why."""
    with ExitStack() as stack:
        scratch = stack.enter_context(scratch_folder())
        errors = stack.enter_context(tempfile.TemporaryFile())
        with postpone_signals():
            probe = stack.enter_context(_Probe(request, _script(request, snapshot, scratch), errors))
        return _follow(probe, request, snapshot, progress)


def _script(request: Request, snapshot: Snapshot, scratch: Path) -> bytes:
    """Return the probe with what it is to do."""
    asked: dict[str, object] = {
        "project": os.path.abspath(request.project) if request.project.exists() else str(request.project),
        "settings": request.settings,
        "paths": list(request.paths),
        "sample": request.sample,
        "synthetic": request.synthetic,
        "time_limit": request.time_limit,
        "images": request.images,
        "rows": request.rows,
        "scratch": str(scratch),
        "done": [[label, case] for label, case, _ in snapshot.each_case()],
        "behaviours": request.behaviours,
        "checked": [list(key) for key in snapshot.checked],
        "prefix": str(request.copied_from[0]) if request.copied_from else "",
        "root": str(request.copied_from[1]) if request.copied_from else "",
    }
    return probe_script(asked)


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
                env=request.environment(),
            )
        except OSError as error:
            raise ProbeFailed(f"{request.python[0]} cannot be started: {error.strerror or error}.") from error
        self._errors = errors
        # A full queue makes the interpreter wait, instead of filling the memory.
        self._lines: queue.Queue[bytes] = queue.Queue(_MOST_WAITING)
        threading.Thread(target=self._feed, args=(text,), daemon=True).start()
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> _Probe:
        return self

    def __exit__(self, *raised: object) -> None:
        self._stop()

    def _stop(self) -> None:
        """End the interpreter: a command that has started it elsewhere can pass SIGTERM on, and not SIGKILL."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
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
            while line := stream.readline(_LONGEST_LINE):
                self._lines.put(line)
        self._lines.put(b"")

    def event(self, seconds: float) -> Event:
        """Return the next event, `Died` where the interpreter ends or is silent without having said that it is done.

        Raises:
            ProbeFailed: when it writes what the probe does not.
        """
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            return Died("it took too long, and could not be interrupted")
        if not line:
            return Died(f"the interpreter ended with status {self._status()}")
        try:
            return read_event(line)
        except NotAnEvent as error:
            raise ProbeFailed("The output of the interpreter cannot be read: is it Python?", str(error)) from None

    def _status(self) -> int:
        """Return the exit status of an interpreter that has closed its output."""
        try:
            return self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._stop()
            return self._process.returncode

    def last_words(self) -> str:
        """The last lines that the interpreter printed."""
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, self._errors.tell() - _STDERR_BYTES))
        lines = self._errors.read().decode("utf-8", "replace").splitlines()
        return "\n".join(lines[-_STDERR_LINES:])


def _follow(
    probe: _Probe, request: Request, snapshot: Snapshot, progress: Callable[[str], None]
) -> tuple[Start | Check, str] | None:
    current: Start | Check | None = None
    stage = ""
    while True:
        match probe.event(request.time_limit + _GRACE_SECONDS if current else _START_SECONDS):
            case Died(reason):
                if current is None:
                    raise ProbeFailed(_death(reason, stage), probe.last_words())
                return current, reason
            case Stage(stage):
                progress(f"loading {stage}")
            case Fatal(error):
                raise ProbeFailed(_fatal(error, stage, request), project_traceback(error))
            case Start() | Check() as current:
                progress(str(current))
            case Case(label, name, record):
                snapshot.add(label, name, record)
                current = None
            case Behaviour(label, check, outcome):
                if isinstance(current, Check):
                    snapshot.checked.append(current.key)
                snapshot.add_behaviour(label, check, outcome)
                current = None
            case End():
                return None
            case event:
                _add(snapshot, event)


def _add(snapshot: Snapshot, event: Event) -> None:
    """Put what is about the project as a whole, or a field, into the snapshot."""
    match event:
        case Environment():
            snapshot.environment = event
        case Note(message):
            snapshot.notes.append(message)
        case Problem():
            snapshot.problems.append(event)
        case Rows():
            snapshot.rows.append(event)
        case Spec(label, record):
            snapshot.specs.setdefault(label, record)


def _death(reason: str, stage: str) -> str:
    if not stage:
        return f"{reason[0].upper()}{reason[1:]} before the probe had begun: is it Python 2.7 or 3?"
    return f"{reason[0].upper()}{reason[1:]} while loading the {stage}."


def _fatal(error: ErrorRecord, stage: str, request: Request) -> str:
    if re.fullmatch(r"No module named '?django(\.\w+)*'?", error.message):
        return f"{' '.join(request.python)} has no Django: is it the interpreter that the site runs on?"
    if stage == "settings":
        return f"The settings {request.settings} cannot be loaded: {error}"
    return f"The project cannot be loaded: {error}"
