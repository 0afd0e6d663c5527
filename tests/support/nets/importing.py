"""Import many projects under a real ImageKit, in one process."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.project import APP
from generator.values import SETTINGS

from nets.python_text import NotPython, decode, to_python3

RUNNER = Path(__file__).with_name("import_runner.py")


@dataclass(frozen=True)
class Application:
    """Something to import.

    Args:
        files: the bytes of each file of its project, by its path.
        python2: whether it is Python 2.
        attributes: the attributes that each model must have, by the model's name.
    """

    files: Mapping[str, bytes]
    python2: bool
    attributes: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Interpreter:
    """A Python with an ImageKit.

    Args:
        python: the program.
        packages: a folder with ImageKit, where it is not among its own packages.
        is_python2: whether it runs Python 2.
    """

    python: str = sys.executable
    packages: str = ""
    is_python2: bool = False


HERE = Interpreter()


def import_all(applications: Mapping[str, Application], interpreter: Interpreter = HERE) -> dict[str, str]:
    """Import each application.

    Args:
        applications: what to import, by unique names that can be the names of modules.
        interpreter: what to import it with. Python 2 source is made Python 3 source for a Python 3.

    Returns:
        What went wrong, by application; empty where nothing did.
    """
    if not applications:
        return {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "projects")
        for name, application in applications.items():
            _write(application, folder / name, name, interpreter)
        request: dict[str, object] = {name: item.attributes for name, item in applications.items()}
        request_file = Path(temporary, "request.json")
        request_file.write_text(json.dumps({**request, "settings": SETTINGS}), "utf-8")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTHON"))}
        if interpreter.packages:
            environment["PYTHONPATH"] = interpreter.packages
        done = subprocess.run(
            [interpreter.python, "-B", "-W", "ignore", str(RUNNER), str(folder), str(request_file)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"the import runner failed:\n{done.stderr}")
    outcomes: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return outcomes


def _write(application: Application, folder: Path, name: str, interpreter: Interpreter) -> None:
    for path, data in application.files.items():
        target = folder / path.replace(f"{APP}/", f"{name}/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if application.python2 and not interpreter.is_python2 and path.endswith(".py"):
            with contextlib.suppress(NotPython):  # as it is: the import says what is wrong with it
                data = to_python3(decode(data)).encode("utf-8")
        target.write_bytes(data)
