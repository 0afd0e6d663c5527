"""What sites do under ImageKit 2, step by step, and whether they still do it after the migration.

A behaviour site is a folder ``fixtures/behaviour/<name>/``:

``site/``
    a small Django project that uses ImageKit 2;
``drive.py``
    a script that uses it and records observations, see ``kit.py``; the same script runs in all environments;
``ik2.json``
    what was observed under ImageKit 2.0.4 on Python 2.7, made by ``make_golden.py``;
``site.json``
    ``rows``: what it is about, ``why``: in a sentence; and where needed ``python2``: true if no Python 3 can read
    it, ``runs``: the runs that it takes part in, ``improved``: observations that are not to be as in ImageKit 2,
    each with the ``value`` that is right and the reason.

A run (`RUNS`) migrates a copy of the site with certain options of ``apply``, and drives it in each environment.
``KNOWN_FAILING.txt`` lists what fails today, with the code of the finding that names it or ``unnamed``. It is
strict: an entry that does not fail is an error.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from interpreters import INSTALLED, Interpreter, JobFailed
from migrating import Migration, migrate

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "behaviour"
KNOWN_FAILING = FOLDER / "KNOWN_FAILING.txt"

RUNS = {
    "unsafe": ("--unsafe-fixes",),
    "faithful": ("--unsafe-fixes", "--faithful"),
    "names": ("--unsafe-fixes", "--keep-cache-names"),
}
USUAL_RUNS = ("unsafe", "faithful")
LABELS = ("ik3", "ik33", "ik4", "ik5", "ik6")
"""The environments as the table names them. The installed ImageKit counts as ``ik6``."""

EVERYTHING = "*"
"""In place of an observation: the site does not run to its end."""
UNNAMED = "unnamed"


def label(environment: str) -> str:
    """Return the name of an environment in the table."""
    return "ik6" if environment == INSTALLED else environment


# The sites --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BehaviourSite:
    """A site of the fixtures."""

    name: str

    @property
    def folder(self) -> Path:
        return FOLDER / self.name

    @property
    def project(self) -> Path:
        return self.folder / "site"

    @property
    def drive(self) -> Path:
        return self.folder / "drive.py"

    @property
    def golden(self) -> Path:
        return self.folder / "ik2.json"

    @cached_property
    def notes(self) -> dict[str, Any]:
        notes: dict[str, Any] = json.loads((self.folder / "site.json").read_text("utf-8"))
        return notes

    @property
    def runs(self) -> tuple[str, ...]:
        return tuple(self.notes.get("runs", USUAL_RUNS))

    @property
    def needs_python2(self) -> bool:
        return bool(self.notes.get("python2"))

    def expected(self) -> dict[str, Any]:
        """Return what is to be observed: what ImageKit 2 did, but for its faults."""
        recorded: dict[str, Any] = json.loads(self.golden.read_text("utf-8"))
        return {**recorded, **{name: better["value"] for name, better in self.notes.get("improved", {}).items()}}


def behaviour_sites() -> list[BehaviourSite]:
    return [BehaviourSite(path.name) for path in sorted(FOLDER.iterdir()) if path.is_dir() and path.name[0] != "_"]


# Migrating and driving --------------------------------------------------------------------------


def migrate_site(tool: Interpreter, site: BehaviourSite, run: str, folder: Path) -> Migration:
    """Put a copy of a site, migrated with the options of a run, into ``folder``, which must not exist."""
    return migrate(tool, site.project, folder, *RUNS[run])


@dataclass(frozen=True)
class Driven:
    """What was observed of a site."""

    observations: dict[str, Any]
    messages: dict[str, list[str]]
    broken: str = ""


def drive(interpreter: Interpreter, site: BehaviourSite, project: Path, output: Path) -> Driven:
    """Run the ``drive.py`` of a site on a copy of it."""
    try:
        interpreter.run("drive_site:main", project, site.drive, output)
    except JobFailed as error:
        return Driven({}, {}, str(error))
    return Driven(**json.loads(output.read_text("utf-8")))


# The comparison ---------------------------------------------------------------------------------


def differences(expected: Mapping[str, Any], driven: Driven) -> dict[str, str]:
    """Return what differs, by observation, each with both values and the traceback of an exception."""
    if driven.broken:
        return {EVERYTHING: driven.broken}
    found = {}
    for name in sorted({*expected, *_with_values(expected, driven.observations)}):
        value = _value(name, driven.observations)
        if name not in expected:
            found[name] = f"is new: {value!r}"
        elif not is_as_expected(expected[name], value):
            found[name] = f"was {expected[name]!r}, is {value!r}"
        if name in found:
            raised = (text.strip().splitlines()[-1] for text in driven.messages.get(name.split(".")[0], []))
            found[name] = "\n    ".join(dict.fromkeys([found[name], *raised]))
    return found


def _with_values(expected: Mapping[str, Any], observations: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of observations, but for a step that raised where its parts are expected."""
    steps = {name[:position] for name in expected for position, letter in enumerate(name) if letter == "."}
    yield from (name for name in observations if name not in steps)


def _value(name: str, observations: Mapping[str, Any]) -> Any:
    """Return what was observed under a name, or how the step around it failed."""
    while name not in observations and "." in name:
        name = name.rpartition(".")[0]
    return observations.get(name, "not observed")


def is_as_expected(expected: Any, observed: Any) -> bool:
    """Compare two values. ``{"any of": [...]}`` and ``{"at most": number}`` leave a choice."""
    if isinstance(expected, dict) and "any of" in expected:
        return observed in expected["any of"]
    if isinstance(expected, dict) and isinstance(observed, dict) and "at most" in expected:
        return bool(observed.get("at most", expected["at most"] + 1) <= expected["at most"])
    return bool(expected == observed)


# The table of what fails today ------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """One line of the table.

    Args:
        site: the name of a site.
        run: one of `RUNS`.
        labels: the environments.
        observations: what differs, or `EVERYTHING`.
        code: the finding that names it, or `UNNAMED`.
        reason: in a word.
        line: its number in the file.
    """

    site: str
    run: str
    labels: tuple[str, ...]
    observations: tuple[str, ...]
    code: str
    reason: str
    line: int


class Table:
    """What is known to fail.

    A line is ``RUN ENVIRONMENT,... OBSERVATION,...  # CODE REASON`` below the name of its site in brackets.
    ``all`` stands for all environments. A run that the command line rejects is a line above all sites,
    ``RUN rejected``.
    """

    def __init__(self, text: str) -> None:
        self.rejected: set[str] = set()
        self.lines: list[Known] = []
        site = ""
        for number, line in enumerate(text.splitlines(), 1):
            words, _, comment = line.partition("#")
            if line.startswith("["):
                site = line.strip("[] \n")
            elif words.split()[1:] == ["rejected"]:
                self.rejected.add(words.split()[0])
            elif words.strip():
                run, labels, names = words.split()
                code, _, reason = comment.strip().partition(" ")
                environments = LABELS if labels == "all" else tuple(labels.split(","))
                self.lines.append(Known(site, run, environments, tuple(names.split(",")), code, reason, number))

    def failing(self, site: str, run: str, environment: str) -> dict[str, Known]:
        """Return the lines about one site in one environment, by observation."""
        found: dict[str, Known] = {}
        for known in self.lines:
            if (known.site, known.run) == (site, run) and label(environment) in known.labels:
                found.update(dict.fromkeys(known.observations, known))
        return found

    def faults(self, sites: Iterable[BehaviourSite]) -> Iterator[str]:
        """Yield what is wrong with the table itself."""
        expected = {site.name: (site, site.expected()) for site in sites}
        seen: set[tuple[str, str, str, str]] = set()
        for known in self.lines:
            where = f"line {known.line}"
            if known.site not in expected:
                yield f"{where}: there is no site {known.site!r}"
                continue
            site, observations = expected[known.site]
            if known.run not in site.runs:
                yield f"{where}: {known.site} has no run {known.run!r}"
            if not set(known.labels) <= set(LABELS):
                yield f"{where}: no such environments: {known.labels}"
            if not known.reason or not (known.code == UNNAMED or known.code.startswith("IK")):
                yield f"{where}: no code or no reason"
            for name in known.observations:
                if name != EVERYTHING and name.partition(".")[0] not in {key.partition(".")[0] for key in observations}:
                    yield f"{where}: {known.site} has no observation {name!r}"
                for environment in known.labels:
                    key = (known.site, known.run, environment, name)
                    if key in seen:
                        yield f"{where}: {key} is there twice"
                    seen.add(key)


def load_table() -> Table:
    return Table(KNOWN_FAILING.read_text("utf-8"))


def contradictions(known: Mapping[str, Known], found: Mapping[str, str], left: Collection[str]) -> Iterator[str]:
    """Yield how what differs contradicts the table: new failures, repaired ones, findings that do not name them."""
    for name in sorted({*known, *found}):
        if name not in known:
            yield f"{name}: {found[name]}"
        elif name not in found:
            yield f"{name} does not differ any more: remove it from line {known[name].line} of {KNOWN_FAILING.name}"
        elif known[name].code != UNNAMED and known[name].code not in left:
            yield f"{name}: the report has no {known[name].code}, which is to name it: {found[name]}"
