"""The comparison as one HTML file that needs nothing else: the pictures, where there are any, are in it."""

from __future__ import annotations

import re
from collections import Counter
from html import escape
from importlib import resources
from string import Template
from typing import IO

from ik_migrate.verify.errors import traceback_text
from ik_migrate.verify.remarks import environment_line, outcome, remarks
from ik_migrate.verify.results import NEEDS_A_PERSON, CaseResult, Comparison, Difference, FieldResult, Verdict
from ik_migrate.verify.snapshot import Record

_TITLE = "Pictures before and after"
_TITLE_ALONE = "Pictures of the project"
_QUIET_CASES = 2
"""How many pictures are shown of a field that is as it was."""
_WIDEST = 800
"""In pixels."""
_TONES = {
    Verdict.FAILED_AFTER: "bad",
    Verdict.DIFFERENT: "bad",
    Verdict.NAME_CHANGED: "warn",
    Verdict.NOT_COMPARED: "warn",
}


def write_html(comparison: Comparison, stream: IO[str]) -> None:
    """Write the comparison as an HTML page.

    Args:
        comparison: what to tell; with pictures in its snapshots, they are shown side by side.
        stream: where to write; to be encoded as UTF-8.
    """
    template = resources.files("ik_migrate.verify").joinpath("report.html").read_text("utf-8")
    page = Template(template).substitute(
        title=_TITLE if comparison.before else _TITLE_ALONE,
        tone="bad" if comparison.exit_status else "good",
        outcome=escape(outcome(comparison)),
        totals=_totals(comparison),
        sides=_sides(comparison),
        notes="".join(f'<p class="quiet">{_prose(remark)}</p>\n' for remark in _notes(comparison)),
        problems=_problems(comparison),
        fields="".join(_section(comparison, verdict) for verdict in Verdict),
    )
    # What could not be decoded on the other side has no place in UTF-8.
    stream.write(page.encode("utf-8", "backslashreplace").decode("utf-8"))


def _notes(comparison: Comparison) -> list[str]:
    records = [record for field in comparison.fields for case in field.cases for record in (case.before, case.after)]
    hint = "With `--pictures`, for `snapshot` and for `verify`, the pictures are shown here too."
    return remarks(comparison) + ([] if any(map(_has_view, records)) else [hint])


def _prose(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _totals(comparison: Comparison) -> str:
    counts = Counter(field.verdict for field in comparison.fields)
    rows = "".join(
        f'<tr><th scope="row"><a href="#{_anchor(verdict)}">{verdict.value}</a></th><td>{counts[verdict]}</td></tr>\n'
        for verdict in Verdict
        if counts[verdict]
    )
    pictures = sum(len(field.cases) for field in comparison.fields)
    total = f'<tr><th scope="row">all</th><td>{len(comparison.fields)}, {pictures} pictures</td></tr>\n'
    return f"<table><caption>Fields</caption>\n{rows}{total}</table>"


def _anchor(verdict: Verdict) -> str:
    return verdict.value.replace(" ", "-")


def _sides(comparison: Comparison) -> str:
    sides = [("now", comparison.after)]
    if comparison.before is not None:
        sides.insert(0, ("before", comparison.before))
    rows = "".join(
        f'<tr><th scope="row">{name}</th><td>{escape(environment_line(side.environment))}</td></tr>\n'
        for name, side in sides
    )
    return f"<table><caption>Environments</caption>\n{rows}</table>"


def _problems(comparison: Comparison) -> str:
    if not comparison.problems:
        return ""
    told = "".join(
        f"<article><h3>{escape(problem['where'])}</h3>\n{_reason(cause)}"
        f"<pre>{escape(traceback_text(problem['error']))}</pre></article>\n"
        for problem, cause in comparison.problems
    )
    return f'<section><h2 class="bad">Does not load</h2>\n{told}</section>\n'


def _section(comparison: Comparison, verdict: Verdict) -> str:
    fields = [field for field in comparison.fields if field.verdict is verdict]
    if not fields:
        return ""
    tone = _TONES.get(verdict, "good")
    told = "".join(_field(field) for field in fields)
    title = f"{verdict.value.capitalize()}: {len(fields)}"
    return f'<section><h2 class="{tone}" id="{_anchor(verdict)}">{title}</h2>\n{told}</section>\n'


def _field(field: FieldResult) -> str:
    return (
        f"<article><h3>{escape(field.label)}</h3>\n{_differences(field.differences)}{_Cases(field).html()}</article>\n"
    )


def _differences(differences: tuple[Difference, ...]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{difference.what}</th><td>{escape(difference.before)}</td>'
        f"<td>{escape(difference.after)}</td><td>{_reason(difference)}</td></tr>\n"
        for difference in differences
    )
    if not rows:
        return ""
    head = (
        '<tr><th scope="col">what</th><th scope="col">before</th><th scope="col">now</th><th scope="col">why</th></tr>'
    )
    return f"<table>{head}\n{rows}</table>\n"


def _reason(difference: Difference) -> str:
    rule = f"<strong>{difference.rule}</strong> " if difference.rule else ""
    return f"{rule}{escape(difference.reason)}"


class _Cases:
    """Writes the pictures of one field. Data that is shown twice is in the page once."""

    def __init__(self, field: FieldResult) -> None:
        self._field = field
        self._number = 0

    def html(self) -> str:
        quiet = self._field.verdict not in NEEDS_A_PERSON
        shown = [case for case in self._field.cases if quiet or case.verdict is not Verdict.EQUAL]
        shown.sort(key=lambda case: case.verdict.rank)
        cases = "".join(self._case(case) for case in shown)
        if quiet and cases:
            return f"<details><summary>{len(shown)} pictures</summary>\n{cases}</details>\n"
        return cases

    def _case(self, case: CaseResult) -> str:
        reason = f'<p class="quiet">{escape(case.reason)}</p>\n' if case.reason else ""
        error = case.after.get("error") or case.before.get("error")
        trace = f"<pre>{escape(traceback_text(error))}</pre>\n" if error else ""
        body = f"{reason}{_differences(case.differences)}{trace}{self._pictures(case)}"
        summary = f'{escape(case.case)}: <span class="{_TONES.get(case.verdict, "quiet")}">{case.verdict.value}</span>'
        opened = " open" if case.verdict in NEEDS_A_PERSON else ""
        return f"<details{opened}><summary>{summary}</summary>\n{body}</details>\n"

    def _pictures(self, case: CaseResult) -> str:
        """The picture before, the picture now, and their difference, which the browser works out."""
        sides = [(when, record) for when, record in (("before", case.before), ("now", case.after)) if _has_view(record)]
        if not sides or (case.verdict not in NEEDS_A_PERSON and self._number >= _QUIET_CASES):
            return ""
        self._number += 1
        figures = [self._figure(case, when, record) for when, record in sides]
        if len(sides) == 2:
            figures.append(self._difference(case, [record for _, record in sides]))
        return f'<div class="pictures">\n{"".join(figures)}</div>\n'

    def _figure(self, case: CaseResult, when: str, record: Record) -> str:
        picture = record["picture"]
        width, height = picture["size"]
        view = picture["view"]
        label = escape(f"{case.case}, {when}")
        image = (
            f'<image id="{self._id(when)}" width="{width}" height="{height}"'
            f' href="data:{escape(view["type"])};base64,{escape(view["data"])}"/>'
        )
        name = f", {record['name']}" if record.get("name") else ""
        caption = escape(f"{when}: {width} x {height}, {picture['format']}, {picture['bytes']} bytes{name}")
        return f"<figure>{_svg(picture['size'], label, image)}<figcaption>{caption}</figcaption></figure>\n"

    def _difference(self, case: CaseResult, records: list[Record]) -> str:
        sizes = [record["picture"]["size"] for record in records]
        size = [max(size[axis] for size in sizes) for axis in (0, 1)]
        uses = "".join(f'<use href="#{self._id(when)}"/>' for when in ("before", "now"))
        label = escape(f"Difference of {case.case}: black where both are equal")
        caption = "difference, four times as bright"
        return f"<figure>{_svg(size, label, uses, 'difference')}<figcaption>{caption}</figcaption></figure>\n"

    def _id(self, when: str) -> str:
        return f"{escape(self._field.label)}-{self._number}-{when}"


def _has_view(record: Record) -> bool:
    return "view" in (record.get("picture") or {})


def _svg(size: list[int], label: str, content: str, kind: str = "frame") -> str:
    """A picture in its own size, or smaller where it would be wider than the page."""
    width, height = size
    shown = min(width, _WIDEST)
    return (
        f'<svg class="{kind}" role="img" aria-label="{label}" width="{shown}" viewBox="0 0 {width} {height}">'
        f"{content}</svg>"
    )
