"""Summarise a comparison, for all formats."""

from __future__ import annotations

import re
from collections import Counter

from ik_migrate.model.symptom import Sign
from ik_migrate.reports.totals import count
from ik_migrate.verify.explanations import cause_of
from ik_migrate.verify.records import Environment
from ik_migrate.verify.results import NEEDS_A_PERSON, CaseResult, Comparison, Verdict


def outcome(comparison: Comparison) -> str:
    """The whole run in one sentence."""
    if not comparison.fields and not comparison.problems:
        return "No spec field and no ProcessedImageField was found, so there is nothing to compare."
    if comparison.exit_status == 0:
        return "The site generates its images." if comparison.before is None else "The site shows the same images."
    concerned = sum(1 for field in comparison.fields if field.verdict in NEEDS_A_PERSON)
    fields = count(concerned, "field") + (" is" if concerned == 1 else " are")
    return f"{fields} not as before." if concerned else "Some apps or models do not load."


def verdicts(comparison: Comparison) -> str:
    """How many fields there are of each verdict, in words."""
    counts = Counter(field.verdict for field in comparison.fields)
    return ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict])


def environment_line(environment: Environment) -> str:
    """The versions that a side ran on, in one line."""
    versions = {
        "Python": environment.python,
        "Django": environment.django,
        "ImageKit": environment.imagekit,
        "PILKit": environment.pilkit,
        "Pillow": environment.pillow,
    }
    return ", ".join(f"{name} {version}" for name, version in versions.items() if version)


def remarks(comparison: Comparison) -> list[str]:
    """Return the notes on what the comparison covers, in sentences."""
    found = []
    renamed = sum(1 for field in comparison.fields for case in field.cases if _has_new_default_name(case))
    if renamed:
        rule, _ = cause_of(Sign.DEFAULT_NAME)
        found.append(
            f"ImageKit's default names of {count(renamed, 'image')} changed ({rule}). The files are generated again"
            " when they are first shown, or by `manage.py generateimages`."
        )
    fields = [field.label for field in comparison.fields if field.verdict is Verdict.NEW]
    if fields:
        found.append(f"New fields, not compared: {', '.join(fields)}.")
    found += [f"{note[0].upper()}{note[1:]}." for note in comparison.after.notes if note]
    unread: dict[str, list[str]] = {}
    for entry in comparison.after.rows:
        if entry.problem is not None:
            unread.setdefault(_without_names(str(entry.problem)), []).append(entry.model)
    for error, models in unread.items():
        found.append(f"Only unsaved instances were used for {', '.join(sorted(set(models)))}: {error}")
    return found


def _without_names(error: str) -> str:
    """Return an error without the names of tables and columns, so that those of several models are equal."""
    return re.sub(r"\w+", lambda word: "..." if "_" in word[0][:-1] else word[0], error)


def _has_new_default_name(case: CaseResult) -> bool:
    old, new = case.before, case.after
    return old is not None and bool(old.default_name and new.name) and old.name != new.name
