"""The text of a pull request for a rehearsed upgrade, in Markdown."""

from __future__ import annotations

from collections import Counter

from ik_migrate.rehearse.advice import behaviour_words, headline, left_words, regenerated_words
from ik_migrate.rehearse.figures import differing_fields, each_finding, figures
from ik_migrate.rehearse.rehearsal import Rehearsal, VariantResult
from ik_migrate.rehearse.remaining import remaining_elsewhere
from ik_migrate.rehearse.text_report import field_lines
from ik_migrate.reports.escape import escape
from ik_migrate.reports.next_action import NextAction
from ik_migrate.reports.totals import count
from ik_migrate.verify.behaviours import Kept, group_behaviours
from ik_migrate.verify.remarks import environment_line
from ik_migrate.verify.results import Comparison

_MOST = 30


def render_pull_request(rehearsal: Rehearsal, result: VariantResult) -> str:
    """Return the text: what changes, the proof, what is left, and how to undo it."""
    parts = [
        _title(rehearsal, result),
        *_changes(result),
        *_proof(rehearsal, result),
        *_left(result),
        *_undo(rehearsal, result),
    ]
    return "\n".join(parts) + "\n"


def _title(rehearsal: Rehearsal, result: VariantResult) -> str:
    before = rehearsal.before.environment.imagekit
    if result.comparison is not None:
        return f"# Upgrade django-imagekit from {before} to {result.comparison.after.environment.imagekit}\n"
    return f"# Upgrade django-imagekit from {before}\n"


def _changes(result: VariantResult) -> list[str]:
    found = figures(result)
    rules = {
        finding.rule.code: finding.rule
        for finding, kind in each_finding(result.report)
        if kind in {NextAction.APPLY, NextAction.DONE}
    }
    numbers = Counter(
        finding.rule.code
        for finding, kind in each_finding(result.report)
        if kind in {NextAction.APPLY, NextAction.DONE}
    )
    lines = [
        "## What changes\n",
        f"Made by `{result.variant.command}`: {count(found.files, 'file')}, +{found.added} -{found.removed} lines.\n",
        *(
            f"- {code}: {_prose(rule.summary)} ({count(numbers[code], 'place')})"
            for code, rule in sorted(rules.items())
        ),
    ]
    return [*lines, ""]


def _proof(rehearsal: Rehearsal, result: VariantResult) -> list[str]:
    lines = ["## Proof\n", f"**{_prose(headline(result, rehearsal.plan.new is not None))}**\n"]
    comparison = result.comparison
    if comparison is None:
        return [*lines, f"- before: {_prose(environment_line(rehearsal.before.environment))}", ""]
    found = figures(result)
    lines += [
        f"- {found.kept} of {found.images} images are the same, or equal within tolerance",
        f"- before: {_prose(environment_line(rehearsal.before.environment))}",
        f"- now: {_prose(environment_line(comparison.after.environment))}",
        f"- file names: {regenerated_words(found)}",
    ]
    if found.checked:
        lines.append(f"- {behaviour_words(found)}")
    return [*lines, "", *_differences(comparison)]


def _differences(comparison: Comparison) -> list[str]:
    lines = []
    for problem, _ in comparison.problems[:_MOST]:
        lines.append(f"- does not load: {_prose(problem.where)}: {_prose(str(problem.error))}")
    for field in differing_fields(comparison)[:_MOST]:
        lines.append(f"- `{field.label}`: {field.verdict.value}: {_prose('; '.join(field_lines(field)))}")
    for group in group_behaviours(comparison.behaviours):
        if group.kept is Kept.DIFFERENT:
            fields = count(len(group.labels), "field")
            lines.append(f"- {group.title}: {group.before}, now {group.after} ({fields})")
    return ["What differs:\n", *lines, ""] if lines else []


def _left(result: VariantResult) -> list[str]:
    found = [
        (finding, kind)
        for finding, kind in each_finding(result.report)
        if kind in {NextAction.MANUAL, NextAction.UNSAFE}
    ]
    lines = ["## What is left\n", f"{left_words(figures(result)).capitalize()}.\n"]
    for finding, _ in found[:_MOST]:
        place = f"{finding.path}:{finding.location.line}"
        lines.append(f"- [ ] `{escape(place)}` {finding.rule.code}: {_prose(finding.message)}")
    if len(found) > _MOST:
        lines.append(f"- and {len(found) - _MOST} more")
    elsewhere = remaining_elsewhere(result.elsewhere)
    if elsewhere:
        lines += ["\nIn other apps:\n", *(f"- {_prose(line)}" for line in elsewhere)]
    if figures(result).regenerated:
        lines.append("- [ ] run `manage.py generateimages` after the deployment")
    return [*lines, ""]


def _undo(rehearsal: Rehearsal, result: VariantResult) -> list[str]:
    lines = [
        "## How to undo\n",
        "Revert this change and install the old version of django-imagekit again."
        + (" `git revert` is enough for the code." if rehearsal.plan.is_in_git else "")
        + " The upgrade deletes no file: the thumbnails of ImageKit 2 are still there.",
    ]
    if figures(result).regenerated:
        lines.append("Those of ImageKit 3 have other names and can be deleted afterwards.")
    return lines


def _prose(value: str) -> str:
    """Return text that Markdown shows as it is, apart from code in backticks."""
    pieces = escape(value).split("`")
    if len(pieces) % 2 == 0:
        pieces = ["'".join(pieces)]
    for number in range(0, len(pieces), 2):
        for letter in "\\*_<>[]|#":
            pieces[number] = pieces[number].replace(letter, f"\\{letter}")
    return "`".join(pieces)
