"""Migrated copies of sites, made by the command line in a process that has it imported already."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from interpreters import Interpreter


@dataclass(frozen=True)
class Migration:
    """What ``apply`` said about a site.

    Args:
        codes: the codes of the findings that are left, notices included.
        refusal: why it was not migrated, empty where it was.
    """

    codes: tuple[str, ...]
    refusal: str = ""


def copy_site(source: Path, target: Path) -> None:
    """Copy a project without what Python has compiled."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))


def migrate(tool: Interpreter, project: Path, folder: Path, *options: str) -> Migration:
    """Put a migrated copy of a project into ``folder``, which must not exist."""
    copy_site(project, folder)
    command = ["apply", *options, "--no-config", "--format", "json", "."]
    done = tool.run("ik_migrate.cli:main", *command, cwd=folder, check=False)
    if done.status not in {0, 1}:
        return Migration((), (done.stderr or done.stdout).strip())
    report = json.loads(done.stdout)
    findings = (finding for file in report["files"] for finding in file["findings"])
    return Migration(tuple(sorted({finding["rule"]["code"] for finding in findings if not finding["applied"]})))
