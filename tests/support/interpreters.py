"""The interpreters that sites run under: the one of the tests, and others that environment variables name.

    IK_MIGRATE_ENVS             a folder with virtual environments ik2, ik3, ik33, ik4, ik5, ik6, or some of them
    IK_MIGRATE_PYTHON2          a Python 2.7; with it, instead of ik2 and ik3:
    IK_MIGRATE_IK2_PACKAGES     a folder with django-imagekit 2.0.4, Django 1.4 to 1.6 and Pillow 6
    IK_MIGRATE_IK3_PACKAGES     a folder with django-imagekit 3.0.4, Django 1.6 to 1.8 and Pillow 6

Each interpreter is started once and runs all sites in turn, see ``site_server.py``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SUPPORT = Path(__file__).resolve().parent
BEHAVIOUR = SUPPORT.parent / "fixtures" / "behaviour"
SERVER = SUPPORT / "site_server.py"

IMAGEKIT_2 = "ik2"
INSTALLED = "installed"
VERSIONS = {
    IMAGEKIT_2: "django-imagekit 2.0.4 on Python 2.7",
    "ik3": "django-imagekit 3.0.4 on Python 2.7",
    "ik33": "django-imagekit 3.3 on Python 2.7",
    "ik4": "django-imagekit 4.0.2",
    "ik5": "django-imagekit 5.0.0",
    "ik6": "django-imagekit 6.1.1",
}
ON_PYTHON_2 = frozenset({IMAGEKIT_2, "ik3", "ik33"})


class JobFailed(Exception):
    """A job ended with another exit status than 0, or the interpreter did not start."""


@dataclass(frozen=True)
class Done:
    """A job that has ended."""

    status: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Interpreter:
    """A Python with Django and ImageKit.

    Args:
        name: one of `VERSIONS`, or `INSTALLED`.
        python: the interpreter.
        packages: a folder with its packages, where they are not among its own.
    """

    name: str
    python: str = sys.executable
    packages: str = ""
    paths: tuple[Path, ...] = (SUPPORT, BEHAVIOUR)
    _server: list[subprocess.Popen[str]] = field(default_factory=list, compare=False, repr=False)
    _prepared: set[str] = field(default_factory=set, compare=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, compare=False, repr=False)

    @property
    def is_python2(self) -> bool:
        return self.name in ON_PYTHON_2

    def prepare(self, function: str) -> None:
        """Call a function in the server once, for all later jobs to share what it computes and imports."""
        if function not in self._prepared:
            self._prepared.add(function)
            self._ask({"prepare": function})

    def run(self, function: str, *arguments: str | Path, cwd: Path | None = None, check: bool = True) -> Done:
        """Call ``module:function`` with these arguments in a fork of the server.

        Raises:
            JobFailed: when its exit status is not 0, unless ``check`` is false.
        """
        job = {"function": function, "arguments": [str(argument) for argument in arguments], "cwd": cwd and str(cwd)}
        done = Done(**self._ask(job))
        if check and done.status:
            raise JobFailed(done.stderr.strip() or f"exit status {done.status}")
        return done

    def close(self) -> None:
        """End the server."""
        self._prepared.clear()
        while self._server:
            server = self._server.pop()
            assert server.stdin and server.stdout
            server.stdin.close()
            server.wait()
            server.stdout.close()

    def _ask(self, job: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            if not self._server:
                self._server.append(self._start())
            server = self._server[0]
            assert server.stdin and server.stdout
            server.stdin.write(f"{json.dumps(job)}\n")
            server.stdin.flush()
            line = server.stdout.readline()
            if not line:
                raise JobFailed(f"{self.python} {SERVER.name} ended with {server.wait()}")
            answer: dict[str, Any] = json.loads(line)
            return answer

    def _start(self) -> subprocess.Popen[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTHON"))}
        # On Python 2 ImageKit takes file extensions out of dictionaries.
        environment = {**kept, "PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"}
        if self.packages:
            environment["PYTHONPATH"] = os.path.abspath(self.packages)
        return subprocess.Popen(
            [self.python, "-B", str(SERVER), *map(str, self.paths)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )


def find_interpreters() -> dict[str, Interpreter]:
    """Return the interpreter of the tests and those that environment variables name, by name."""
    found = {INSTALLED: Interpreter(INSTALLED)}
    folder = os.environ.get("IK_MIGRATE_ENVS", "")
    for name in VERSIONS:
        python = Path(folder, name, "bin", "python")
        if folder and python.exists():
            found[name] = Interpreter(name, str(python))
    python2 = os.environ.get("IK_MIGRATE_PYTHON2", "")
    for name, variable in ((IMAGEKIT_2, "IK_MIGRATE_IK2_PACKAGES"), ("ik3", "IK_MIGRATE_IK3_PACKAGES")):
        packages = os.environ.get(variable, "")
        if python2 and packages:
            found.setdefault(name, Interpreter(name, python2, packages))
    return found
