"""Runs commands side by side, and measures how long they take and how much memory."""

from __future__ import annotations

import hashlib
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Command:
    """What is run.

    Args:
        name: what the table calls it.
        arguments: the command line.
        folder: where it is run.
        statuses: exit statuses that are no failure.
    """

    name: str
    arguments: Sequence[str]
    folder: Path
    statuses: tuple[int, ...] = (0, 1)


@dataclass
class Measured:
    """How a command did.

    Args:
        seconds: the whole process by the clock, run after run.
        digest: of what it printed in the last run.
        peak: the largest resident memory of the process itself, its children not counted, in MiB; 0 if unknown.
    """

    seconds: list[float] = field(default_factory=list)
    digest: str = ""
    peak: float = 0

    @property
    def median(self) -> float:
        """The middle of all runs."""
        return statistics.median(self.seconds)


def side_by_side(commands: Sequence[Command], rounds: int, *, memory: bool = False) -> dict[str, Measured]:
    """Run commands in turn, round after round, after one round that only warms the page cache.

    Args:
        commands: what to compare.
        rounds: how many runs of each count.
        memory: also look at how much memory each takes; watching costs a little time.

    Raises:
        RuntimeError: when a command fails.
    """
    found = {command.name: Measured() for command in commands}
    for number in range(rounds + 1):
        for command in commands:
            measured = found[command.name]
            seconds = _run(command, measured, memory=memory)
            if number:
                measured.seconds.append(seconds)
    return found


def _run(command: Command, measured: Measured, *, memory: bool) -> float:
    # As it is where the tool is used: with its modules compiled once and for all.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command.arguments, cwd=command.folder, env=environment, stdout=output, stderr=errors)
        while memory and process.poll() is None:
            measured.peak = max(measured.peak, _peak_of(process.pid))
            time.sleep(0.02)
        status = process.wait()
        seconds = time.perf_counter() - start
        output.seek(0)
        measured.digest = hashlib.sha256(output.read()).hexdigest()
        if status not in command.statuses:
            errors.seek(0)
            said = errors.read().decode("utf-8", "replace").strip()[-500:]
            raise RuntimeError(f"{' '.join(command.arguments)}: exit status {status}\n{said}")
    return seconds


def _peak_of(process: int) -> float:
    """The largest resident memory so far in MiB; 0 where the system does not say."""
    try:
        with open(f"/proc/{process}/status", encoding="ascii") as stream:
            return next((int(line.split()[1]) / 1024 for line in stream if line.startswith("VmHWM")), 0.0)
    except (OSError, ValueError):
        return 0.0


def available_processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
