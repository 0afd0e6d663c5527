"""Write the comparison as one self-contained HTML file, with the images if they were stored."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from importlib import resources
from string import Template
from typing import IO

from ik_migrate import __version__
from ik_migrate.reports.html.markup import Html, code_block, element, join, prose, text
from ik_migrate.verify.behaviour_text import behaviour_line
from ik_migrate.verify.behaviours import BehaviourGroup, Kept, group_behaviours
from ik_migrate.verify.errors import traceback_text
from ik_migrate.verify.image_records import CaseRecord, ImageRecord, View
from ik_migrate.verify.remarks import environment_line, outcome, remarks
from ik_migrate.verify.results import NEEDS_A_PERSON, CaseResult, Comparison, Difference, FieldResult, Verdict

_NOTHING = Html("")
_TITLE = "Images before and after"
_TITLE_ALONE = "Images of the project"
_QUIET_CASES = 2
"""How many images are shown of a field that is as it was."""
_WIDEST = 800
"""In pixels."""
_TONES = {
    Verdict.FAILED_AFTER: "bad",
    Verdict.DIFFERENT: "bad",
    Verdict.NAME_CHANGED: "warn",
    Verdict.NOT_COMPARED: "warn",
}
_KINDS = {"bad": "manual", "warn": "unsafe", "good": "safe"}
"""The names that the style sheet has for the tones."""


def write_html(comparison: Comparison, stream: IO[str]) -> None:
    """Write the comparison as an HTML page.

    Args:
        comparison: what to tell; with images in its snapshots, they are shown side by side.
        stream: where to write; to be encoded as UTF-8.
    """
    tone = "bad" if comparison.exit_status else "good"
    overview = [
        element("h2", outcome(comparison), class_=tone),
        tiles([_tile(comparison, verdict) for verdict in Verdict]),
        sides(comparison),
        *(element("p", prose(remark), class_="note") for remark in _notes(comparison)),
    ]
    content = [element("section", *overview, id="overview"), behaviours(comparison), fields(comparison)]
    title = _TITLE if comparison.before else _TITLE_ALONE
    stream.write(page(title, "Report of `ik-migrate verify`", lines(content)))


def page(title: str, subtitle: str, content: Html) -> str:
    """Return a page that needs nothing else, and no script.

    Args:
        title: its heading.
        subtitle: the line below, prose.
        content: its sections.
    """
    reports = resources.files("ik_migrate.reports.html").joinpath("page.css").read_text("ascii")
    own = resources.files("ik_migrate.verify").joinpath("page.css").read_text("ascii")
    style = f"{reports}\n{own}"
    template = resources.files("ik_migrate.verify").joinpath("report.html").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    text_of_page = Template(template).substitute(
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        style=style,
        title=text(title),
        subtitle=prose(subtitle),
        version=__version__,
        content=content,
    )
    # What could not be decoded on the other side has no place in UTF-8.
    return text_of_page.encode("utf-8", "backslashreplace").decode("utf-8")


def tiles(found: list[tuple[str, str, str, str]]) -> Html:
    """Return large numbers that lead to what they count.

    Args:
        found: the number, what it counts, the anchor and the kind of each; those with no number are skipped.
    """
    items = [
        element("li", element("a", element("strong", number), " ", label, href=f"#{anchor}"), class_=kind)
        for number, label, anchor, kind in found
        if number
    ]
    return element("ul", *items, class_="tiles") if items else _NOTHING


def _tile(comparison: Comparison, verdict: Verdict) -> tuple[str, str, str, str]:
    number = sum(1 for field in comparison.fields if field.verdict is verdict)
    noun = "field" if number == 1 else "fields"
    kind = {"bad": "manual", "warn": "unsafe"}.get(_TONES.get(verdict, ""), "apply")
    return str(number or ""), f"{noun} {verdict.value}", _anchor(verdict), kind


def behaviours(comparison: Comparison) -> Html:
    """Return what happens to files when rows are saved and deleted; nothing where that was not checked."""
    groups = group_behaviours(comparison.behaviours)
    if not groups:
        return _NOTHING
    head = element(
        "tr", *(element("th", name, scope="col") for name in ("what happens", "before", "now", "", "fields"))
    )
    rows = [
        element(
            "tr",
            element("th", group.title, scope="row"),
            element("td", group.before),
            element("td", group.after),
            element("td", element("span", group.kept.value, class_=f"badge {_kept_kind(group)}")),
            element("td", _labels(group)),
        )
        for group in groups
    ]
    line = behaviour_line(comparison.behaviours) or "No check of files and rows could be made."
    is_different = any(group.kept is Kept.DIFFERENT for group in groups)
    return element(
        "section",
        element("h2", "Files and rows"),
        element("p", line, element("span", prose(" `--faithful` keeps what ImageKit 2 did.")) if is_different else ""),
        element("div", element("table", element("thead", head), element("tbody", *rows)), class_="scroll"),
        id="behaviours",
    )


def _kept_kind(group: BehaviourGroup) -> str:
    return {Kept.DIFFERENT: "unsafe", Kept.UNKNOWN: "notice"}.get(group.kept, "safe")


def _labels(group: BehaviourGroup) -> Html:
    """The fields of a group; many of them are folded."""
    listed = join([element("code", label) for label in group.labels], ", ")
    if len(group.labels) <= 2:
        return listed
    return element("details", element("summary", f"{len(group.labels)} fields"), listed)


def fields(comparison: Comparison) -> Html:
    """Return all fields with their images, those first that are not as before."""
    figures = _Figures()
    sections = [_section(comparison, verdict, figures) for verdict in Verdict]
    return element("div", lines([_problems(comparison), *sections]), id="fields")


def _notes(comparison: Comparison) -> list[str]:
    records = [record for field in comparison.fields for case in field.cases for record in (case.before, case.after)]
    hint = "Run `snapshot` and `verify` with `--images` to show the images here."
    return remarks(comparison) + ([] if any(_view_of(record) for record in records) else [hint])


def lines(elements: Iterable[Html]) -> Html:
    """Return the elements, one per line."""
    return join([element for element in elements if element], "\n")


def _row(head: str | Html, *cells: str | Html) -> Html:
    return element("tr", element("th", head, scope="row"), *(element("td", cell) for cell in cells))


def _anchor(verdict: Verdict) -> str:
    return verdict.value.replace(" ", "-")


def sides(comparison: Comparison) -> Html:
    """Return the versions that the two sides ran on."""
    found = [("now", comparison.after)]
    if comparison.before is not None:
        found.insert(0, ("before", comparison.before))
    rows = [_row(name, environment_line(side.environment)) for name, side in found]
    return element("div", element("table", element("tbody", *rows)), class_="scroll sides")


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
    tone = _TONES.get(verdict, "good")
    heading = element("h2", element("span", "", class_=f"dot {_KINDS[tone]}"), title, id=_anchor(verdict))
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
    return element("div", element("table", element("thead", head), element("tbody", *rows)), class_="scroll")


def _reason(difference: Difference) -> list[str | Html]:
    rule = [element("strong", difference.rule), " "] if difference.rule else []
    return [*rule, difference.reason]


def _cases(field: FieldResult, figures: _Figures) -> Html:
    is_quiet = field.verdict not in NEEDS_A_PERSON
    listed = [case for case in field.cases if is_quiet or case.verdict is not Verdict.EQUAL]
    listed.sort(key=lambda case: case.verdict.rank)
    with_images = 0
    cases = []
    for case in listed:
        is_shown = case.verdict in NEEDS_A_PERSON or with_images < _QUIET_CASES
        images = figures.of(case) if is_shown else _NOTHING
        with_images += bool(images)
        cases.append(_case(case, images))
    if is_quiet and cases:
        return element("details", element("summary", f"{len(listed)} images"), *cases)
    return lines(cases)


def _case(case: CaseResult, images: Html) -> Html:
    error = case.after.error or (case.before.error if case.before is not None else None)
    kind = _KINDS.get(_TONES.get(case.verdict, ""), "safe")
    verdict = element("span", case.verdict.value, class_=f"badge {kind}")
    return element(
        "details",
        element("summary", f"{case.case} ", verdict),
        element("p", case.reason, class_="note") if case.reason else _NOTHING,
        _differences(case.differences),
        code_block(traceback_text(error)) if error is not None else _NOTHING,
        images,
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
        return element("div", *figures, class_="images")

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
        return f"image-{self._number}-{when}"


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
