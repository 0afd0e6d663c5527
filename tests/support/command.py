"""How the tests start ``ik-migrate``, and what comes of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
SERVER = Path(__file__).resolve().with_name("command_server.py")
READ_AT_THE_START = ("PYTHON", "LC_", "LANG", "LD_", "DYLD_", "MALLOC_", "GLIBC_", "TZ")
"""Beginnings of the names of variables that an interpreter or its libraries read when they start."""


@dataclass(frozen=True)
class Finished:
    """A command that has come to its end."""

    status: int
    out: bytes
    err: bytes

    @property
    def stdout(self) -> str:
        return self.out.decode()

    @property
    def stderr(self) -> str:
        return self.err.decode()


def script() -> Path:
    """Return where the installed console script is."""
    return Path(sysconfig.get_path("scripts"), "ik-migrate" + (".exe" if os.name == "nt" else ""))


def command_line(*, module: bool = False) -> list[str]:
    """Return how to start the tool: the installed console script, or ``python -m ik_migrate``."""
    return [sys.executable, "-m", "ik_migrate"] if module or not script().exists() else [str(script())]


def current_umask() -> int:
    """Return the mode bits that files created by this process, and by those that it starts, do not get."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


class CommandServer:
    """The process that ``command_server.py`` runs in, started when it is first used.

    Args:
        environment: the environment that it is started with.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._requests: IO[str]
        self._answers: IO[str]

    def can_run(self, environment: Mapping[str, str]) -> bool:
        """Whether a command with this environment is the same in a fork as in a process of its own."""
        return hasattr(os, "fork") and self._at_the_start(environment) == self._at_the_start(self._environment)

    @staticmethod
    def _at_the_start(environment: Mapping[str, str]) -> dict[str, str]:
        return {name: value for name, value in environment.items() if name.startswith(READ_AT_THE_START)}

    def run(self, arguments: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> Finished:
        """Run a command to its end."""
        if self._process is None:
            self._start()
        with tempfile.TemporaryDirectory(prefix="ik-migrate-output-") as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            job = {
                "arguments": arguments,
                "cwd": str(cwd),
                "env": environment,
                "umask": current_umask(),
                "out": str(out),
                "err": str(err),
            }
            self._requests.write(f"{json.dumps(job)}\n")
            self._requests.flush()
            answer = self._answers.readline()
            if not answer:
                raise RuntimeError(f"{SERVER.name} has ended")
            return Finished(json.loads(answer)["status"], out.read_bytes(), err.read_bytes())

    def _start(self) -> None:
        (job, requests), (answers, answer) = os.pipe(), os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, str(SERVER), str(script()), str(job), str(answer)],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            pass_fds=(job, answer),
        )
        os.close(job)
        os.close(answer)
        self._requests = open(requests, "w", encoding="utf-8")  # noqa: SIM115
        self._answers = open(answers, encoding="utf-8")  # noqa: SIM115

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._requests.close()
            self._process.wait()
            self._answers.close()
            self._process = None
