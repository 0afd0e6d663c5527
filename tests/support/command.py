"""How the tests start ``ik-migrate``, and what comes of it."""

from __future__ import annotations

import os
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


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


def command_line(*, module=False):
    """How to start the tool: the installed console script, or ``python -m ik_migrate``."""
    script = Path(sysconfig.get_path("scripts"), "ik-migrate" + (".exe" if os.name == "nt" else ""))
    return [sys.executable, "-m", "ik_migrate"] if module or not script.exists() else [str(script)]
