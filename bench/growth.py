"""``python -m bench.growth``: how the time of a scan grows with what made-up code has a lot of.

Each shape is one that has once taken a time that grew with the square of its size, or is like one. It is scanned at
three sizes, each twice the one before. The table shows processor seconds, start-up taken off, and the exponent that the
last two make: 1 is as it should be, 2 grows with the square. Shapes that a limit ends say so in ``status``.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.rows import ik_migrate
from bench.shapes import SHAPES, Shape

_FACTORS = (1, 2, 4)
_LEAST = 0.1


@dataclass(frozen=True)
class Run:
    """How one scan ended.

    Args:
        seconds: of processor time, of the process and those that it started.
        status: its exit status.
        megabytes: the largest memory of one process.
    """

    seconds: float
    status: int
    megabytes: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--only", default="", metavar="WORD", help="only shapes with this in their name")
    parser.add_argument("--scale", type=float, default=1.0, help="factor for all sizes")
    parser.add_argument("--seconds", type=float, default=300, help="longest time for one scan")
    options = parser.parse_args(arguments)
    start_up = min(measure({"a.py": b"import imagekit\n"}, options.seconds).seconds for _ in range(3))
    print("| shape | size | seconds of each | exponent | memory, MB | status |\n| --- | --- | --- | --- | --- | --- |")
    for shape in SHAPES:
        if options.only in shape.name:
            print(_row(shape, options.scale, options.seconds, start_up), flush=True)
    return 0


def _row(shape: Shape, scale: float, limit: float, start_up: float) -> str:
    sizes = [max(1, round(shape.size * scale)) * factor for factor in _FACTORS]
    runs = [measure(shape.make(size), limit) for size in sizes]
    seconds = [max(run.seconds - start_up, 0.0) for run in runs]
    slow_enough = seconds[1] > _LEAST
    exponent = f"{math.log2(seconds[2] / seconds[1]):.1f}" if slow_enough else "-"
    cells = (
        shape.name,
        " ".join(map(str, sizes)),
        " ".join(f"{each:.2f}" for each in seconds),
        exponent,
        f"{max(run.megabytes for run in runs):.0f}",
        " ".join(str(run.status) for run in runs),
    )
    return f"| {' | '.join(cells)} |"


def measure(files: Mapping[str, bytes | int], limit: float) -> Run:
    """Scan a project with these files in a new process.

    Args:
        files: their contents by path; of sparse files, the length.
        limit: seconds, after which it is ended; the status then is that of a process that was killed.
    """
    folder = Path(tempfile.mkdtemp(prefix="ik-migrate-growth-"))
    try:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                with path.open("wb") as stream:
                    stream.write(b"imagekit\n")
                    stream.truncate(content)
        command = [ik_migrate(), "scan", "--jobs", "1", "--unsafe-fixes", "--no-config", "--format", "json", "."]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        limited = ["timeout", "--signal=KILL", str(limit), *command]
        with open(os.devnull, "wb") as nothing:
            process = subprocess.Popen(limited, cwd=folder, env=environment, stdout=nothing, stderr=nothing)
            _, status, usage = os.wait4(process.pid, 0)
        seconds = usage.ru_utime + usage.ru_stime
        return Run(seconds, os.waitstatus_to_exitcode(status), usage.ru_maxrss / 1024)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
