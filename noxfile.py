"""The tests with every supported Python, and with the newest and the oldest dependencies.

``nox`` runs them all, ``nox -s newest-3.13 -- -k prefilter`` a part of one session, ``nox -l`` lists the sessions.
Pythons that are not installed are skipped.
"""

import re
from pathlib import Path

import nox

PYTHONS = ["3.10", "3.11", "3.12", "3.13", "3.14"]
nox.options.error_on_missing_interpreters = False


def oldest_dependencies() -> list[str]:
    """The lower bounds of ``pyproject.toml`` as exact versions."""
    text = Path("pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^dependencies = \[(.*?)^\]", text, re.M | re.S)
    assert listed is not None
    return [
        f"{name}=={version}{marker}" for name, version, marker in re.findall(r'"([\w-]+)>=([\d.]+)([^"]*)"', listed[1])
    ]


@nox.session(python=PYTHONS)
def newest(session: nox.Session) -> None:
    """The newest dependencies that this Python can have."""
    session.install("--upgrade", "--upgrade-strategy", "eager", "-e", ".[test]")
    session.run("pytest", "-n", "auto", *session.posargs)


@nox.session(python=[PYTHONS[0], "3.12"])
def oldest(session: nox.Session) -> None:
    """The oldest dependencies that ``pyproject.toml`` admits; later Pythons can only have later ones of LibCST."""
    session.install("-e", ".[test]", *oldest_dependencies())
    session.run("pytest", "-n", "auto", *session.posargs)
