"""What the two interpreters of an upgrade have installed, and what to install for the new one."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence

from ik_migrate.model.targets import DEFAULT_TARGET, pin, target_like, target_named

_SECONDS = 60
# ImageKit 3 cannot be imported without settings, so its files are read.
_FIND = """
import io, os, re, sys
for folder in sys.path:
    for name in ("pkgmeta.py", "__init__.py"):
        path = os.path.join(folder, "imagekit", name)
        if folder and os.path.isfile(path):
            text = io.open(path, encoding="utf-8").read()
            found = re.search(r"^__version__\\s*=\\s*(.*)$", text, re.M)
            if found:
                print("ImageKit " + found.group(1))
                sys.exit()
"""


def imagekit_version(python: Sequence[str]) -> str:
    """Return the version of ImageKit that an interpreter has; empty where that cannot be determined.

    Args:
        python: the command that starts it, in parts.
    """
    try:
        done = subprocess.run(
            [*python, "-B", "-c", _FIND], capture_output=True, text=True, timeout=_SECONDS, check=False, cwd=os.sep
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        # Why it does not start is reported when it is to run the site.
        return ""
    line = next((line for line in done.stdout.splitlines() if line.startswith("ImageKit ")), "")
    return ".".join(re.findall(r"\d+", line)[:3])


def target_for(version: str) -> str | None:
    """Return the target for a version of ImageKit, as ``--target`` names it; None where there is none."""
    return target_like(version) or None


def is_imagekit2(version: str) -> bool:
    """Whether that is a version from before 3.0."""
    return version.partition(".")[0] in {"0", "1", "2"}


def installation_steps(target: str | None, has_requirements: bool) -> list[str]:
    """Return what to install for the new interpreter, in sentences with commands.

    Args:
        target: the version to move to, as ``--target`` names it.
        has_requirements: whether the rewrite changes the requirements of the project.
    """
    found = target_named(target or DEFAULT_TARGET)
    packages = f'"django-imagekit{pin(found.version)}"'
    steps = [
        f"Make an environment for django-imagekit {found.version}: it needs Python {found.python} and Django"
        f" {found.django}; {found.note}.",
        "`python3 -m venv ../new`" if not found.python.startswith("2.6") else "`virtualenv -p python2.7 ../new`",
        f"`../new/bin/pip install {packages} Django Pillow` with a version of Django in that range",
    ]
    if has_requirements:
        steps.append("Then the other packages of the site: its requirements, as the diff changes them.")
    else:
        steps.append("Then the other packages that the site imports.")
    steps.append("Run `ik-migrate rehearse` again with `--new ../new/bin/python`.")
    return steps
