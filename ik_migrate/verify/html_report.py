"""The comparison as one HTML file that needs nothing else: the images, where there are any, are in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from ik_migrate.model.version import VERSION
from ik_migrate.reports.html.environment import digest, render, resource
from ik_migrate.verify.behaviour_text import behaviour_line
from ik_migrate.verify.behaviours import BehaviourGroup, Kept, group_behaviours
from ik_migrate.verify.errors import traceback_text
from ik_migrate.verify.image_records import CaseRecord, ImageRecord, View
from ik_migrate.verify.remarks import environment_line, outcome, remarks
from ik_migrate.verify.results import NEEDS_A_PERSON, CaseResult, Comparison, Difference, FieldResult, Verdict

_TITLE = "Images before and after"
_TITLE_ALONE = "Images of the project"
_QUIET_CASES = 2
"""How many images are shown of a field that is as it was."""
_WIDEST = 800
"""In pixels."""
_TONES = {
    Verdict.FAILED_AFTER: "manual",
    Verdict.DIFFERENT: "manual",
    Verdict.NAME_CHANGED: "unsafe",
    Verdict.NOT_COMPARED: "unsafe",
}
"""The names that the style sheet has for the colours of verdicts that are not good."""

Tile = tuple[str, str, str, str]
"""A number, what it counts, the anchor that it leads to, and its colour."""


def write_html(comparison: Comparison, stream: IO[str]) -> None:
    """Write the comparison as an HTML page.

    Args:
        comparison: what to tell; with images in its snapshots, they are shown side by side.
        stream: where to write; to be encoded as UTF-8.
    """
    page = render_page(
        "verify/templates/report.html",
        title=_TITLE if comparison.before else _TITLE_ALONE,
        subtitle="Report of `ik-migrate verify`",
        tone="bad" if comparison.exit_status else "good",
        outcome=outcome(comparison),
        tiles=[_tile(comparison, verdict) for verdict in Verdict],
        notes=_notes(comparison),
        **comparison_values(comparison),
    )
    stream.write(page)


def render_page(template: str, **values: object) -> str:
    """Return a page that needs nothing else, and no script.

    Args:
        template: one that extends ``verify/templates/page.html``.
        values: what it needs.
    """
    style = f"{resource('reports/html/page.css')}\n{resource('verify/page.css')}"
    policy = f"default-src 'none'; style-src '{digest(style)}'; img-src data:; base-uri 'none'; form-action 'none'"
    page = render(template, policy=policy, style=style, version=VERSION, **values)
    # What could not be decoded on the other side has no place in UTF-8.
    return page.encode("utf-8", "backslashreplace").decode("utf-8")


def comparison_values(comparison: Comparison) -> dict[str, object]:
    """Return what the templates of behaviours and fields need, and the versions that the two sides ran on."""
    groups = group_behaviours(comparison.behaviours)
    sides = [("before", comparison.before), ("now", comparison.after)]
    return {
        "sides": [(name, environment_line(side.environment)) for name, side in sides if side is not None],
        "behaviours": [(group, _kept_tone(group)) for group in groups],
        "behaviour_line": behaviour_line(comparison.behaviours) or "No check of files and rows could be made.",
        "behaviours_differ": any(group.kept is Kept.DIFFERENT for group in groups),
        "problems": [(problem.where, cause, traceback_text(problem.error)) for problem, cause in comparison.problems],
        "sections": list(_sections(comparison)),
        "widest": _WIDEST,
    }


def _tile(comparison: Comparison, verdict: Verdict) -> Tile:
    number = sum(1 for field in comparison.fields if field.verdict is verdict)
    noun = "field" if number == 1 else "fields"
    return str(number or ""), f"{noun} {verdict.value}", _anchor(verdict), _TONES.get(verdict, "apply")


def _kept_tone(group: BehaviourGroup) -> str:
    return {Kept.DIFFERENT: "unsafe", Kept.UNKNOWN: "notice"}.get(group.kept, "safe")


def _notes(comparison: Comparison) -> list[str]:
    records = [record for field in comparison.fields for case in field.cases for record in (case.before, case.after)]
    hint = "Run `snapshot` and `verify` with `--images` to show the images here."
    return remarks(comparison) + ([] if any(_view_of(record) for record in records) else [hint])


def _anchor(verdict: Verdict) -> str:
    return verdict.value.replace(" ", "-")


@dataclass(frozen=True)
class _Side:
    """An image before or now."""

    when: str
    name: str | None
    image: ImageRecord
    view: View


@dataclass(frozen=True)
class _Figures:
    """The images of one case; the difference of two is worked out by the browser."""

    case: str
    anchor: str
    sides: tuple[_Side, ...]

    @property
    def size(self) -> tuple[int, int]:
        """The size that both images fit in."""
        width, height = (max(side.image.size[axis] for side in self.sides) for axis in (0, 1))
        return width, height


@dataclass(frozen=True)
class _Case:
    """One case of a field."""

    name: str
    verdict: Verdict
    kind: str
    reason: str
    differences: Sequence[Difference]
    traceback: str
    figures: _Figures | None

    @property
    def is_open(self) -> bool:
        return self.verdict in NEEDS_A_PERSON


@dataclass(frozen=True)
class _Field:
    """One field."""

    label: str
    differences: Sequence[Difference]
    cases: tuple[_Case, ...]


@dataclass(frozen=True)
class _Section:
    """The fields of one verdict."""

    anchor: str
    title: str
    kind: str
    is_quiet: bool
    fields: tuple[_Field, ...]


def _sections(comparison: Comparison) -> Iterator[_Section]:
    numbers = _Numbers()
    for verdict in Verdict:
        fields = [field for field in comparison.fields if field.verdict is verdict]
        if fields:
            title = f"{verdict.value.capitalize()}: {len(fields)}"
            shown = tuple(_field(field, numbers) for field in fields)
            tone = _TONES.get(verdict, "safe")
            yield _Section(_anchor(verdict), title, tone, verdict not in NEEDS_A_PERSON, shown)


class _Numbers:
    """Number the figures of a page."""

    def __init__(self) -> None:
        self._last = 0

    def figures(self, case: CaseResult) -> _Figures | None:
        """Return the images of a case; None where there are none."""
        sides = tuple(
            _Side(when, record.name, image, view)
            for when, record in (("before", case.before), ("now", case.after))
            if record is not None and (image := record.image) is not None and (view := image.view) is not None
        )
        if not sides:
            return None
        self._last += 1
        return _Figures(case.case, f"image-{self._last}", sides)


def _field(field: FieldResult, numbers: _Numbers) -> _Field:
    is_quiet = field.verdict not in NEEDS_A_PERSON
    listed = [case for case in field.cases if is_quiet or case.verdict is not Verdict.EQUAL]
    with_images = 0
    cases = []
    for case in sorted(listed, key=lambda case: case.verdict.rank):
        is_shown = case.verdict in NEEDS_A_PERSON or with_images < _QUIET_CASES
        figures = numbers.figures(case) if is_shown else None
        with_images += figures is not None
        cases.append(_case(case, figures))
    return _Field(field.label, field.differences, tuple(cases))


def _case(case: CaseResult, figures: _Figures | None) -> _Case:
    error = case.after.error or (case.before.error if case.before is not None else None)
    traceback = traceback_text(error) if error is not None else ""
    tone = _TONES.get(case.verdict, "safe")
    return _Case(case.case, case.verdict, tone, case.reason, case.differences, traceback, figures)


def _view_of(record: CaseRecord | None) -> View | None:
    return record.image.view if record is not None and record.image is not None else None
