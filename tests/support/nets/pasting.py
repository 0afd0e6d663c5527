"""Paste the suggestions of a migrated project, and see what comes of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nets.paste import CannotPaste, paste, replace_text
from nets.python_text import NotPython, decode, parse, to_python3
from nets.suggestions import is_receiver, needs_filling_in
from nets.tool import Applicability, Finding, Options, Report, apply, place_of, scan
from nets.undefined import undefined_names

RUNNER = Path(__file__).with_name("load_runner.py")
_OPTIONS = Options(unsafe_fixes=True, jobs=1)


@dataclass(frozen=True)
class Failure:
    """A suggestion that cannot be used as it is.

    Args:
        kind: what is wrong.
        name: the project and the rule.
        message: more about it.
    """

    kind: str
    name: str
    message: str


@dataclass
class Pasted:
    """A project with all its suggestions in it.

    Args:
        name: the project.
        files: its files.
        failures: what is wrong with single suggestions.
        count: how many suggestions were pasted.
        to_fill_in: how many others have to be completed first.
        rules: the rules whose suggestions were pasted.
        open: the manual findings that are left.
    """

    name: str
    files: dict[str, bytes]
    failures: list[Failure] = field(default_factory=list)
    count: int = 0
    to_fill_in: int = 0
    rules: set[str] = field(default_factory=set)
    open: tuple[Finding, ...] = ()


def normalised(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of a project as Python 3 with "\\n" and UTF-8, so that places in them are simple."""
    return {path: _normalised(data) if path.endswith(".py") else data for path, data in files.items()}


def _normalised(data: bytes) -> bytes:
    try:
        text = decode(data).lstrip("\ufeff")
    except NotPython:
        return data
    lines = text.split("\n")
    lines[:2] = ["#" if "coding" in line and line.startswith("#") else line for line in lines[:2]]
    text = "\n".join(lines)
    if _is_python3(text.encode()):
        return text.encode()
    for candidate in (text, text.expandtabs()):  # Python 2 also takes a mix of tabs and spaces
        try:
            changed = to_python3(candidate).encode()
        except NotPython:
            continue
        if _is_python3(changed):
            return changed
    return data


def _is_python3(data: bytes) -> bool:
    try:
        parse(data, python2=False)
    except NotPython:
        return False
    return True


def paste_all(name: str, files: Mapping[str, bytes], unsafe_fixes: bool = True) -> Pasted:
    """Migrate a project, try each of its suggestions on its own, then paste all of them.

    Args:
        name: the project, for messages.
        files: its files.
        unsafe_fixes: whether unsafe fixes are applied first.
    """
    with tempfile.TemporaryDirectory(prefix="ik-migrate-paste-") as temporary:
        folder = Path(temporary, "project")
        _write(folder, normalised(files))
        options = Options(unsafe_fixes=unsafe_fixes, jobs=1)
        first = apply([folder], options, base=folder)
        migrated = _read(folder)
        result = Pasted(name, migrated)
        report = scan([folder], options, base=folder)
        readable = {path for path, data in migrated.items() if _is_python3(data)}
        for finding in _with_suggestion(report, readable):
            if needs_filling_in(finding.suggestion):
                result.to_fill_in += 1
            result.failures += _failures(name, folder, migrated, finding)
            _write(folder, migrated)
        _paste_in_turn(folder, report, readable, options, result)
        _paste_receivers(first, migrated, readable, result)
    return result


def _with_suggestion(report: Report, readable: Collection[str]) -> list[Finding]:
    """Return the findings with code for the reader to write, in files that can be read here."""
    kinds = (Applicability.MANUAL, Applicability.NOTICE)
    found = [finding for finding in report.findings if finding.suggestion and finding.applicability in kinds]
    return [finding for finding in found if not finding.path.endswith(".py") or finding.path in readable]


def _failures(name: str, folder: Path, files: Mapping[str, bytes], finding: Finding) -> Iterator[Failure]:
    """Yield what is wrong with one suggestion, pasted alone."""
    label = f"{name} {finding.rule.code}"
    where = f"{finding.path}:{place_of(finding).line}: {finding.message}"
    before = files[finding.path]
    try:
        after = _pasted(before, finding)
    except CannotPaste as error:
        yield Failure("no place for it", label, f"{where}: {error}")
        return
    if not finding.path.endswith(".py"):
        return
    try:
        tree = parse(after, python2=False)
    except NotPython as error:
        yield Failure("does not parse", label, f"{where}: {error}")
        return
    known = undefined_names(parse(before, python2=False), python2=True)
    for wrong in sorted(undefined_names(tree, python2=True) - known):
        yield Failure("undefined name", label, f"{where}: {wrong}")
    if finding.applicability is Applicability.MANUAL and not needs_filling_in(finding.suggestion):
        (folder / finding.path).write_bytes(after)
        if _identity(finding) in map(_identity, scan([folder], _OPTIONS, base=folder).findings):
            yield Failure("still reported", label, where)


def _identity(finding: Finding) -> tuple[str, str, str]:
    return finding.rule.code, finding.path, finding.message


def _pasted(data: bytes, finding: Finding) -> bytes:
    """Return a file with a suggestion in it.

    Raises:
        CannotPaste: when it cannot be told where it goes.
    """
    put = paste if finding.path.endswith(".py") else replace_text
    return put(data.decode("utf-8"), finding).encode()


def _paste_in_turn(folder: Path, report: Report, readable: Collection[str], options: Options, result: Pasted) -> None:
    """Paste one suggestion after the other: what one resolves, the next scan does not have."""
    tried: set[tuple[str, str, str]] = set()
    while True:
        waiting = [
            finding
            for finding in _with_suggestion(report, readable)
            if _identity(finding) not in tried and not needs_filling_in(finding.suggestion)
        ]
        if not waiting:
            break
        # Manual ones first: they remove what a notice is about.
        finding = min(waiting, key=lambda item: item.applicability is Applicability.NOTICE)
        tried.add(_identity(finding))
        path = folder / finding.path
        before = path.read_bytes()
        try:
            after = _pasted(before, finding)
            if finding.path.endswith(".py"):
                parse(after, python2=False)
        except (CannotPaste, NotPython):
            continue  # it is among the failures already
        path.write_bytes(after)
        result.count += 1
        result.rules.add(finding.rule.code)
        apply([folder], options, base=folder)
        report = scan([folder], options, base=folder)
    result.files = _read(folder)
    result.open = tuple(item for item in report.findings if item.applicability is Applicability.MANUAL)


def _paste_receivers(report: Report, migrated: Mapping[str, bytes], readable: Collection[str], result: Pasted) -> None:
    """Paste what notices of the first report suggest for the end of a module: the second has none of them."""
    for finding in _with_suggestion(report, readable):
        if finding.applicability is not Applicability.NOTICE or not is_receiver(finding.suggestion):
            continue
        label = f"{result.name} {finding.rule.code}"
        after = _pasted(migrated[finding.path], finding)
        known = undefined_names(parse(migrated[finding.path], python2=False), python2=True)
        for wrong in sorted(undefined_names(parse(after, python2=False), python2=True) - known):
            result.failures.append(Failure("undefined name", label, f"{finding.path}: {wrong}"))
        result.files[finding.path] = _pasted(result.files[finding.path], finding)
        result.count += 1
        result.rules.add(finding.rule.code)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def _read(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def failures_of(projects: Mapping[str, Mapping[str, bytes]]) -> tuple[list[Failure], list[Pasted]]:
    """Paste the suggestions of many projects, and import those in which nothing is left to do.

    Args:
        projects: the files of each, by its name.
    """
    pasted = [paste_all(name, files) for name, files in projects.items()]
    failures = [failure for project in pasted for failure in project.failures]
    outcomes = load_all([project for project in pasted if project.count and not project.open])
    failures += [Failure("does not import", name, outcome) for name, outcome in outcomes.items() if outcome]
    return failures, pasted


def load_all(projects: Sequence[Pasted]) -> dict[str, str]:
    """Import the Python modules of projects under the installed ImageKit.

    Returns:
        What went wrong, by the name of the project; empty where nothing did.
    """
    if not projects:
        return {}
    with tempfile.TemporaryDirectory(prefix="ik-migrate-load-") as temporary:
        request = []
        for index, project in enumerate(projects):
            root = Path(temporary, f"p{index}", "project")
            _write(root, project.files)
            settings = next((name for name in ("settings.dev", "settings") if _has(project, name)), "")
            modules = [module for module in map(_module_name, project.files) if module]
            request.append({"name": project.name, "root": str(root), "modules": modules, "settings": settings})
        request_file = Path(temporary, "request.json")
        request_file.write_text(json.dumps(request), "utf-8")
        done = subprocess.run(
            [sys.executable, "-B", "-W", "ignore", str(RUNNER), str(request_file)],
            env={name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"the load runner failed:\n{done.stderr}")
        outcomes: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
        return outcomes


def _has(project: Pasted, module: str) -> bool:
    path = module.replace(".", "/") + ".py"
    return b"INSTALLED_APPS" in project.files.get(path, b"") or (module == "settings.dev" and path in project.files)


def _module_name(path: str) -> str:
    """Return the dotted name of a models module, or another one with models in it; empty for the rest."""
    if not path.endswith(".py") or "/migrations/" in path or path.endswith(("manage.py", "setup.py", "__init__.py")):
        return ""
    name = path.removesuffix(".py").replace("/", ".")
    return name if "." in name else f"project.{name}"
