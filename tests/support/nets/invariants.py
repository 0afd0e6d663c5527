"""What holds for every project, as one function each: what they yield is wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from ik_migrate.model.finding import with_blocked
from nets.python_text import NotPython, decode, parse
from nets.residue import covered_names, uncovered_words
from nets.supported import is_support_module, supported_by
from nets.tool import Finding, is_writable, place_of
from nets.trial import OPTION_SETS, Trial
from nets.undefined import undefined_names


@dataclass(frozen=True)
class Violation:
    """One thing that is wrong.

    Args:
        invariant: the name of the invariant.
        kind: what is wrong without the names and numbers of this project, to group failures by.
        message: what is wrong.
    """

    invariant: str
    kind: str
    message: str

    @property
    def label(self) -> str:
        """A name for failures of this kind."""
        return f"{self.invariant}: {self.kind}"


_Wrong = Iterator[tuple[str, str]]
"""Pairs of kind and message."""


def no_file_fails(trial: Trial) -> _Wrong:
    """Yield files that could not be migrated, or could not be scanned afterwards."""
    reasons: set[str] = set()
    for run, report in (("apply", trial.first), ("scan after apply", trial.second)):
        for path, reason in report.failed:
            if reason not in reasons:
                reasons.add(reason)
                yield _cause(reason), f"{run}: {path}: {reason}"


def _cause(reason: str) -> str:
    """Return the rule that a reason names, or else its first words."""
    codes = sorted(set(re.findall(r"\b[A-Z]{2,10}\d{3}\b", reason)))
    return " and ".join(codes) or anonymous(reason)[:70]


def result_parses(trial: Trial) -> _Wrong:
    """Yield modules that are not Python of their version any more."""
    for path, data in _changed_modules(trial):
        try:
            parse(data, trial.subject.python2)
        except NotPython as error:
            yield anonymous(str(error).partition("(")[0].strip()), f"{path}: {error}"


def no_name_is_undefined(trial: Trial) -> _Wrong:
    """Yield names that a rewritten module uses and does not bind, if the original did."""
    for path, data in _changed_modules(trial):
        try:
            known = undefined_names(parse(trial.subject.files.get(path, b""), trial.subject.python2), True)
            found = undefined_names(parse(data, trial.subject.python2), True)
        except NotPython:
            continue  # `result_parses` says so
        for wrong in sorted(found - known):
            complete = "nothing left to do" if trial.is_complete else "findings left"
            yield f"{_shared_name(wrong.name)}, {complete}", f"{path}: {wrong}"


def _shared_name(name: str) -> str:
    """Return a name that is not the project's own."""
    known = {"imagekit", "imagecache", "ImageSpec", "ImageSpecField", "processors", "models"}
    return name if name in known or name[:1].isupper() else "a name of the project"


def second_run_has_nothing_to_write(trial: Trial) -> _Wrong:
    """Yield what a second run would write."""
    options = OPTION_SETS[trial.options]
    for result in trial.second.results:
        writable = [finding for finding in result.findings if is_writable(finding, options) and not result.has_failed]
        for finding in writable:
            yield finding.rule.code, f"{_place(finding)}: {finding.message}"
        if not writable and result.after != result.before and not result.has_failed:
            yield "a change without a finding", f"{result.path} would be changed"


def no_manual_finding_is_lost(trial: Trial) -> _Wrong:
    """Yield manual findings that the second run does not have, though their code is there as before."""
    known = Counter(_identity(finding) for finding in trial.second.findings)
    rewritten = {result.path: result for result in trial.first.results if result.applied}
    for finding in trial.left:
        if known[_identity(finding)]:
            known[_identity(finding)] -= 1
            continue
        result = rewritten.get(finding.path)
        before = decode(trial.subject.files[finding.path])
        after = decode(trial.after[finding.path])
        snippet = _snippet(before, finding)
        if result is None or after.count(snippet) >= before.count(snippet) > 0:
            yield finding.rule.code, f"{_place(finding)}: {finding.message}"


def _identity(finding: Finding) -> tuple[str, str, str]:
    return finding.rule.code, finding.path, finding.message


def _snippet(text: str, finding: Finding) -> str:
    """Return the code that a finding is about."""
    place = place_of(finding)
    lines = text.split("\n")[place.line - 1 : place.end_line]
    if not lines:
        return ""
    lines[-1] = lines[-1][: place.end_column - 1]
    lines[0] = lines[0][place.column - 1 :]
    return "\n".join(lines)


def no_old_word_is_left_uncovered(trial: Trial) -> _Wrong:
    """Yield words that only ImageKit 2 knows and that no finding of the second run is about."""
    failed = {path for path, _ in trial.second.failed}
    modules = {path: data for path, data in trial.after.items() if path.endswith(".py") and path not in failed}
    support = {PurePosixPath(path).stem for path, data in modules.items() if is_support_module(data)}
    found = with_blocked(trial.second.findings)
    findings = {path: [finding for finding in found if finding.path == path] for path in modules}
    try:
        trees = {
            path: parse(data, trial.subject.python2) for path, data in modules.items() if not is_support_module(data)
        }
    except NotPython:
        return  # `result_parses` says so
    names = {path: covered_names(tree, findings[path]) for path, tree in trees.items()}
    supported = supported_by(trees, support)
    for path, tree in trees.items():
        elsewhere = set().union(*(found for other, found in names.items() if other != path))
        for word, line in uncovered_words(tree, trial.subject, findings[path], elsewhere, supported[path]):
            yield word, f"{path}, line {line}: {word}"


_INVARIANTS: dict[str, Callable[[Trial], _Wrong]] = {
    "failed": no_file_fails,
    "parses": result_parses,
    "undefined": no_name_is_undefined,
    "again": second_run_has_nothing_to_write,
    "lost": no_manual_finding_is_lost,
    "residue": no_old_word_is_left_uncovered,
}
IMPORTS = "imports"
INVARIANTS = (*_INVARIANTS, IMPORTS)
"""All names; `IMPORTS` needs a process of its own, see `nets.importing`."""


def violations(trial: Trial) -> list[Violation]:
    """Return all that is wrong with a trial, but for `IMPORTS`."""
    found = []
    for name, invariant in _INVARIANTS.items():
        found += [Violation(name, kind, message) for kind, message in invariant(trial)]
    return found


def import_violation(trial: Trial, outcome: str) -> list[Violation]:
    """Return what it means that an import ended so, if the trial was complete."""
    if not outcome or not trial.is_complete:
        return []
    if " has no " in outcome:
        return [Violation(IMPORTS, "a spec field is missing", outcome)]
    return [Violation(IMPORTS, anonymous(re.sub(r" \([^()]*\)", "", outcome)), outcome)]


_OWN_NAMES = re.compile(
    r"\b(Photo|Person|Product|Album|Banner|Event|Teaser|Place)\d*\b|\bapp\d+\w*\b|\b\d+\b|'[a-z_]+\d*'|\w+/models\.py"
)


def anonymous(text: str) -> str:
    """Return a message without the names and numbers of a generated project."""
    return _OWN_NAMES.sub("N", text.strip().split("\n")[0])


def _changed_modules(trial: Trial) -> Iterator[tuple[str, bytes]]:
    for path, data in trial.after.items():
        if path.endswith(".py") and data != trial.subject.files.get(path):
            yield path, data


def _place(finding: Finding) -> str:
    place = place_of(finding)
    return f"{finding.rule.code} at {finding.path}:{place.line}:{place.column}"
