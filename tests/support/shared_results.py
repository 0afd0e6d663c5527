"""Results that the processes of one test run share: what one of them works out, the others read.

Under pytest-xdist each process gets some of the tests, and several tests need the migration or the observations of
one site. The first process that needs one makes it; others wait for its file.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

LONGEST_WAIT = 300


class SharedResults:
    """Values by name, each made once, in a folder that the processes of a test run have in common."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def for_session(cls, factory: pytest.TempPathFactory, name: str) -> SharedResults:
        base = factory.getbasetemp()
        if "PYTEST_XDIST_WORKER" in os.environ:
            base = base.parent
        folder = base / f"shared-{name}"
        folder.mkdir(exist_ok=True)
        return cls(folder)

    def get(self, name: str, make: Callable[[], Any]) -> Any:
        """Return a value that JSON can hold, made by ``make`` unless another process has made it or is about to.

        Raises:
            Exception: what ``make`` raises, in the process that calls it.
            RuntimeError: in the others.
        """
        result = self.folder / f"{name}.json"
        if not result.exists():
            if self._claim(name):
                self._make(result, make)
            else:
                self._wait_for(result)
        value = json.loads(result.read_text("utf-8"))
        if "error" in value:
            raise RuntimeError(value["error"])
        return value["value"]

    def _claim(self, name: str) -> bool:
        try:
            os.close(os.open(self.folder / f"{name}.claimed", os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return False
        return True

    def _make(self, result: Path, make: Callable[[], Any]) -> None:
        try:
            content = {"value": make()}
        except BaseException as error:
            _write(result, {"error": f"{type(error).__name__} in another process: {error}"})
            raise
        _write(result, content)

    def _wait_for(self, result: Path) -> None:
        end = time.monotonic() + LONGEST_WAIT
        while not result.exists():
            if time.monotonic() > end:
                raise RuntimeError(f"{result.stem} was not made in {LONGEST_WAIT} seconds")
            time.sleep(0.02)


def _write(path: Path, value: Any) -> None:
    """Write a file that others see as a whole or not at all."""
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps(value), "utf-8")
    partial.replace(path)
