"""Migrated copies of sites, made by the command line in a process that has it imported already."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from interpreters import Interpreter

COMMAND = "ik_migrate.cli:main"
SAMPLE = """\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([], image_field='image', cache_to='small')
"""


@dataclass(frozen=True)
class Migration:
    """What ``apply`` reported about a site.

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
    tool.prepare("migrating:import_command")
    command = ["apply", *options, "--no-config", "--format", "json", "."]
    done = tool.run(COMMAND, *command, cwd=folder, check=False)
    if done.status not in {0, 1}:
        return Migration((), (done.stderr or done.stdout).strip())
    report = json.loads(done.stdout)
    findings = (finding for file in report["files"] for finding in file["findings"])
    return Migration(tuple(sorted({finding["rule"]["code"] for finding in findings if not finding["applied"]})))


def import_command() -> None:
    """Migrate a sample in this process, for later forks to have all modules that the command line imports."""
    from ik_migrate.cli import main

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "models.py").write_text(SAMPLE, "utf-8")
        with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")):
            try:
                main(["apply", "--no-config", "--format", "json", folder])
            except SystemExit as done:
                assert done.code in {0, 1}
    # A thread would be missing in the forks.
    assert threading.active_count() == 1
