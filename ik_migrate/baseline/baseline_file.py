"""The baseline: findings that are known already, so that only new ones count.

It is a JSON file that is kept in the repository beside the code. Findings are recognised by their `BaselineEntry`,
not by their line; paths are relative to the folder of the file, so that it can be used from anywhere.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ik_migrate.baseline.fingerprints import is_still_there, traits_of
from ik_migrate.files.places import is_below, project_root
from ik_migrate.files.reading import is_path
from ik_migrate.files.report_files import content, new_text
from ik_migrate.model.baseline_entry import BaselineDiff, BaselineEntry
from ik_migrate.model.errors import IkMigrateError
from ik_migrate.model.finding import Finding, with_blocked
from ik_migrate.model.options import Options
from ik_migrate.model.path_patterns import any_matches
from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult

VERSION = 1
_KEYS = ("path", "rule", "context", "code")


class BaselineError(IkMigrateError):
    """The baseline cannot be read or written; the message names the file and the cause."""


def read_baseline(file: Path) -> tuple[BaselineEntry, ...]:
    """The findings that a baseline holds.

    Raises:
        BaselineError: when it cannot be read, or is not a baseline.
    """
    try:
        data = json.loads(content(file).decode("utf-8"))
    except FileNotFoundError:
        raise BaselineError(f"no such file: {file}. Create it with: ik-migrate scan --write-baseline {file}") from None
    except OSError as error:
        raise BaselineError(f"cannot read {file}: {error.strerror or error}") from None
    except RecursionError:
        raise BaselineError(f"{file} is not a baseline of ik-migrate: it is nested too deeply") from None
    except ValueError as error:
        raise BaselineError(f"{file} is not a baseline of ik-migrate: {error}") from None
    version = data.get("ik-migrate-baseline") if isinstance(data, dict) else None
    if not isinstance(version, int) or not isinstance(data.get("findings"), list):
        raise BaselineError(f"{file} is not a baseline of ik-migrate")
    if version > VERSION:
        raise BaselineError(f"{file} was written by a later version of ik-migrate")
    return tuple(_trait(file, number, entry) for number, entry in enumerate(data["findings"], 1))


def _trait(file: Path, number: int, entry: Any) -> BaselineEntry:
    if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) for key in _KEYS):
        raise BaselineError(f"{file}: finding {number} lacks one of {', '.join(_KEYS)}")
    if not is_path(entry["path"]):
        raise BaselineError(f"{file}: the path of finding {number} is not valid")
    return BaselineEntry(*(entry[key] for key in _KEYS))


def write_baseline(file: Path, report: Report, kept: Iterable[BaselineEntry], base: Path) -> tuple[BaselineEntry, ...]:
    """Make what a run has found the baseline; what it holds then is returned.

    Args:
        file: the baseline.
        report: the run, not compared with any baseline.
        kept: entries that stay, for the run has not looked where they are.
        base: the folder that the report's paths are relative to.

    Raises:
        BaselineError: when the file cannot be written.
    """
    found = [
        trait
        for result in report.results
        for trait in traits_of(_seen_from(file, result, base), with_blocked(result.findings))
    ]
    traits = tuple(sorted([*kept, *found]))
    entries = [json.dumps(dict(zip(_KEYS, (t.path, t.rule, t.context, t.code), strict=True))) for t in traits]
    listed = ",\n".join(f"    {entry}" for entry in entries)
    text = f'{{\n  "ik-migrate-baseline": {VERSION},\n  "findings": [\n{listed}\n  ]\n}}\n'
    try:
        with new_text(file) as stream:
            stream.write(text)
    except OSError as error:
        raise BaselineError(f"cannot write {file}: {error.strerror or error}") from None
    return traits


def judge(
    file: Path, report: Report, paths: Iterable[Path], only: Iterable[Path] | None, options: Options, base: Path
) -> Callable[[BaselineEntry], bool]:
    """Return a predicate: whether a run would have found what an entry of a baseline describes, were it there.

    Args:
        file: the baseline.
        report: the run.
        paths: the files and folders that it looked at.
        only: the only files that it looked at among those, absolute; all if not given.
        options: the options of the run.
        base: the folder that the report's paths are relative to.
    """
    wanted = [Path(os.path.abspath(path)) for path in paths]
    failed = [Path(os.path.abspath(base / path)) for path, _ in report.failed]
    chosen = None if only is None else set(only)

    def is_judged(trait: BaselineEntry) -> bool:
        path = Path(os.path.abspath(file.parent / trait.path))
        if not is_below(path, wanted) or is_below(path, failed) or (chosen is not None and path not in chosen):
            return False
        root = project_root(path) if path.parent.is_dir() else path.parent
        return options.for_file(path, root).is_enabled(trait.rule) and not any_matches(path, options.exclude, root)

    return is_judged


def compared(
    report: Report, file: Path, entries: Iterable[BaselineEntry], base: Path, is_judged: Callable[[BaselineEntry], bool]
) -> Report:
    """The report with the findings that the baseline has moved aside; see `judge` for the arguments.

    What ``apply`` has rewritten stays among the findings.
    """
    left = list(entries)
    pairs: list[tuple[FileResult, Finding, BaselineEntry]] = []
    for result in report.results:
        findings = (*with_blocked(result.findings), *result.suppressed)
        traits = traits_of(_seen_from(file, result, base), findings)
        pairs += [(result, finding, trait) for finding, trait in zip(findings, traits, strict=True)]
    known: set[int] = set()
    for key_of in (_as_it_was, _in_its_place, _moved_in_its_file, _in_another_file(file), _once):
        left = _match(pairs, left, key_of, known)
    gone = [trait for trait in left if is_judged(trait)]
    unseen = tuple(trait for trait in gone if is_still_there(file.parent / trait.path, trait))
    fixed = tuple(trait for trait in gone if trait not in unseen)
    aside = {(id(result), id(finding)) for index, (result, finding, _) in enumerate(pairs) if index in known}
    is_apply = report.command == "apply"

    def is_aside(result: FileResult, finding: Finding) -> bool:
        return (id(result), id(finding)) in aside and not (is_apply and result.is_applied(finding))

    def without_known(result: FileResult) -> FileResult:
        known_here = tuple(finding for finding in result.findings if is_aside(result, finding))
        if not known_here:
            return result
        counting = [finding for finding in result.findings if not is_aside(result, finding)]
        # A new finding must not hide in the one that blocks it.
        counting += [new for finding in known_here for new in finding.blocks if not is_aside(result, new)]
        counting.sort(key=lambda finding: finding.sort_key)
        return replace(result, findings=tuple(counting), baselined=known_here)

    results = [without_known(result) for result in report.results]
    return replace(report, results=tuple(results), baseline=BaselineDiff(_shown(file, base), fixed, unseen))


def _shown(file: Path, base: Path) -> str:
    """How the baseline is named to the user: relative to ``base``, as the paths of a report are."""
    return Path(os.path.relpath(file, base)).as_posix()


def _match(
    pairs: list[tuple[FileResult, Finding, BaselineEntry]],
    entries: list[BaselineEntry],
    key_of: Callable[[BaselineEntry, Finding | None], Hashable],
    known: set[int],
) -> list[BaselineEntry]:
    """Pair findings that are not known yet with entries of the same key, each with one; the entries that are left.

    Args:
        pairs: the findings with their files and traits.
        entries: those of the baseline that are not paired yet.
        key_of: makes the key of a finding or, where there is none, of an entry; None for what it does not pair.
        known: the indexes of the findings that are known; added to.
    """
    by_key: dict[Hashable, list[int]] = defaultdict(list)
    for index, entry in enumerate(entries):
        by_key[key_of(entry, None)].append(index)
    taken = set()
    for index, (_, finding, trait) in enumerate(pairs):
        key = key_of(trait, finding) if index not in known else None
        if key is not None and by_key.get(key):
            taken.add(by_key[key].pop(0))
            known.add(index)
    return [entry for index, entry in enumerate(entries) if index not in taken]


def _as_it_was(trait: BaselineEntry, _finding: Finding | None) -> Hashable:
    return trait


def _in_its_place(trait: BaselineEntry, _finding: Finding | None) -> Hashable:
    """The same field, but its code was changed and still needs what it needed."""
    return (trait.path, trait.rule, trait.context) if trait.context else None


def _moved_in_its_file(trait: BaselineEntry, _finding: Finding | None) -> Hashable:
    return (trait.path, trait.rule, trait.code)


def _in_another_file(file: Path) -> Callable[[BaselineEntry, Finding | None], Hashable]:
    """The same, in a file of another name: the one of the baseline is there no more."""

    def key_of(trait: BaselineEntry, finding: Finding | None) -> Hashable:
        if finding is None and (file.parent / trait.path).exists():
            return None
        return (trait.rule, trait.context, trait.code)

    return key_of


def _once(trait: BaselineEntry, finding: Finding | None) -> Hashable:
    """A notice that is reported once per project is known wherever it is reported."""
    if finding is None:
        return trait.rule
    return trait.rule if finding.rule.once_per_project and finding.is_notice else None


def _seen_from(file: Path, result: FileResult, base: Path) -> FileResult:
    """The result with its path relative to the folder of the baseline."""
    path = os.path.relpath(base / result.path, os.path.abspath(file.parent))
    return replace(result, path=Path(path).as_posix())
