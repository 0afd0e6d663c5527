"""The comparison as one HTML file that needs nothing else: the pictures, where there are any, are in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from importlib import resources
from string import Template
from typing import IO

from ik_migrate.reports.html.markup import Html, code_block, element, join, prose, text
from ik_migrate.verify.errors import traceback_text
from ik_migrate.verify.image_records import CaseRecord, ImageRecord, View
from ik_migrate.verify.remarks import environment_line, outcome, remarks
from ik_migrate.verify.results import NEEDS_A_PERSON, CaseResult, Comparison, Difference, FieldResult, Verdict

_NOTHING = Html("")
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
    figures = _Figures()
    page = Template(template).substitute(
        title=_TITLE if comparison.before else _TITLE_ALONE,
        tone="bad" if comparison.exit_status else "good",
        outcome=text(outcome(comparison)),
        totals=_totals(comparison),
        sides=_sides(comparison),
        notes=_lines(element("p", prose(remark), class_="quiet") for remark in _notes(comparison)),
        problems=_problems(comparison),
        fields=_lines(_section(comparison, verdict, figures) for verdict in Verdict),
    )
    # What could not be decoded on the other side has no place in UTF-8.
    stream.write(page.encode("utf-8", "backslashreplace").decode("utf-8"))


def _notes(comparison: Comparison) -> list[str]:
    records = [record for field in comparison.fields for case in field.cases for record in (case.before, case.after)]
    hint = "With `--pictures`, for `snapshot` and for `verify`, the pictures are shown here too."
    return remarks(comparison) + ([] if any(_view_of(record) for record in records) else [hint])


def _lines(elements: Iterable[Html]) -> Html:
    """Elements, each in a line of its own."""
    return join([element for element in elements if element], "\n")


def _totals(comparison: Comparison) -> Html:
    counts = Counter(field.verdict for field in comparison.fields)
    rows = [
        _row(element("a", verdict.value, href=f"#{_anchor(verdict)}"), str(counts[verdict]))
        for verdict in Verdict
        if counts[verdict]
    ]
    pictures = sum(len(field.cases) for field in comparison.fields)
    total = _row("all", f"{len(comparison.fields)}, {pictures} pictures")
    return element("table", element("caption", "Fields"), *rows, total)


def _row(head: str | Html, *cells: str | Html) -> Html:
    return element("tr", element("th", head, scope="row"), *(element("td", cell) for cell in cells))


def _anchor(verdict: Verdict) -> str:
    return verdict.value.replace(" ", "-")


def _sides(comparison: Comparison) -> Html:
    sides = [("now", comparison.after)]
    if comparison.before is not None:
        sides.insert(0, ("before", comparison.before))
    rows = [_row(name, environment_line(side.environment)) for name, side in sides]
    return element("table", element("caption", "Environments"), *rows)


def _problems(comparison: Comparison) -> Html:
    if not comparison.problems:
        return _NOTHING
    told = [
        element(
            "article",
            element("h3", problem.where),
            *_reason(cause),
            code_block(traceback_text(problem.error)),
        )
        for problem, cause in comparison.problems
    ]
    return element("section", element("h2", "Does not load", class_="bad"), *told)


def _section(comparison: Comparison, verdict: Verdict, figures: _Figures) -> Html:
    fields = [field for field in comparison.fields if field.verdict is verdict]
    if not fields:
        return _NOTHING
    title = f"{verdict.value.capitalize()}: {len(fields)}"
    heading = element("h2", title, class_=_TONES.get(verdict, "good"), id=_anchor(verdict))
    return element("section", heading, *(_field(field, figures) for field in fields))


def _field(field: FieldResult, figures: _Figures) -> Html:
    return element("article", element("h3", field.label), _differences(field.differences), _cases(field, figures))


def _differences(differences: tuple[Difference, ...]) -> Html:
    if not differences:
        return _NOTHING
    head = element("tr", *(element("th", name, scope="col") for name in ("what", "before", "now", "why")))
    rows = [
        _row(difference.what, difference.before, difference.after, join(_reason(difference)))
        for difference in differences
    ]
    return element("table", head, *rows)


def _reason(difference: Difference) -> list[str | Html]:
    rule = [element("strong", difference.rule)] if difference.rule else []
    return [*rule, difference.reason]


def _cases(field: FieldResult, figures: _Figures) -> Html:
    is_quiet = field.verdict not in NEEDS_A_PERSON
    listed = [case for case in field.cases if is_quiet or case.verdict is not Verdict.EQUAL]
    listed.sort(key=lambda case: case.verdict.rank)
    with_pictures = 0
    cases = []
    for case in listed:
        is_shown = case.verdict in NEEDS_A_PERSON or with_pictures < _QUIET_CASES
        pictures = figures.of(case) if is_shown else _NOTHING
        with_pictures += bool(pictures)
        cases.append(_case(case, pictures))
    if is_quiet and cases:
        return element("details", element("summary", f"{len(listed)} pictures"), *cases)
    return _lines(cases)


def _case(case: CaseResult, pictures: Html) -> Html:
    error = case.after.error or (case.before.error if case.before is not None else None)
    verdict = element("span", case.verdict.value, class_=_TONES.get(case.verdict, "quiet"))
    return element(
        "details",
        element("summary", f"{case.case}: ", verdict),
        element("p", case.reason, class_="quiet") if case.reason else _NOTHING,
        _differences(case.differences),
        code_block(traceback_text(error)) if error is not None else _NOTHING,
        pictures,
        open=case.verdict in NEEDS_A_PERSON,
    )


class _Figures:
    """Show images. Data that is shown twice is in the page once."""

    def __init__(self) -> None:
        self._number = 0

    def of(self, case: CaseResult) -> Html:
        """Return the image before, the image now, and their difference, which the browser works out."""
        sides = [
            (when, record, image, view)
            for when, record in (("before", case.before), ("now", case.after))
            if record is not None and (image := record.image) is not None and (view := image.view) is not None
        ]
        if not sides:
            return _NOTHING
        self._number += 1
        figures = [self._figure(case, when, record, image, view) for when, record, image, view in sides]
        if len(sides) == 2:
            figures.append(self._difference(case, [image for _, _, image, _ in sides]))
        return element("div", *figures, class_="pictures")

    def _figure(self, case: CaseResult, when: str, record: CaseRecord, image: ImageRecord, view: View) -> Html:
        width, height = image.size
        shown = element(
            "image", id=self._id(when), width=width, height=height, href=f"data:{view.type};base64,{view.data}"
        )
        name = f", {record.name}" if record.name else ""
        caption = f"{when}: {width} x {height}, {image.format}, {image.bytes} bytes{name}"
        label = f"{case.case}, {when}"
        return element("figure", _svg(image.size, label, shown), element("figcaption", caption))

    def _difference(self, case: CaseResult, images: list[ImageRecord]) -> Html:
        width, height = (max(image.size[axis] for image in images) for axis in (0, 1))
        uses = [element("use", href=f"#{self._id(when)}") for when in ("before", "now")]
        label = f"Difference of {case.case}: black where both are equal"
        caption = "difference, four times as bright"
        return element("figure", _svg((width, height), label, *uses, kind="difference"), element("figcaption", caption))

    def _id(self, when: str) -> str:
        return f"picture-{self._number}-{when}"


def _view_of(record: CaseRecord | None) -> View | None:
    return record.image.view if record is not None and record.image is not None else None


def _svg(size: tuple[int, int], label: str, *content: Html, kind: str = "frame") -> Html:
    """An image in its own size, or smaller where it would be wider than the page."""
    width, height = size
    return element(
        "svg",
        *content,
        class_=kind,
        role="img",
        aria_label=label,
        width=min(width, _WIDEST),
        viewBox=f"0 0 {width} {height}",
    )
