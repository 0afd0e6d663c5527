"""The result of a rehearsal as one HTML page that needs nothing else."""

from __future__ import annotations

from ik_migrate.model.finding import Finding
from ik_migrate.rehearse.advice import UNTOUCHED, figure_lines, headline, next_steps
from ik_migrate.rehearse.figures import Figures, each_finding, figures
from ik_migrate.rehearse.rehearsal import Rehearsal, VariantResult
from ik_migrate.rehearse.remaining import remaining_elsewhere
from ik_migrate.rehearse.text_report import TITLES, recommendation, table_cells
from ik_migrate.reports.html.diff_view import side_by_side
from ik_migrate.reports.html.markup import Html, code_block, element, join, paragraphs, prose
from ik_migrate.reports.next_action import NextAction
from ik_migrate.verify.html_report import behaviours, fields, lines, page, sides, tiles
from ik_migrate.verify.remarks import environment_line, remarks

_NOTHING = Html("")


def render_page(rehearsal: Rehearsal, result: VariantResult, diff_name: str = "") -> str:
    """Return the page.

    Args:
        rehearsal: the rehearsal.
        result: the variant that the page is about; the others are in a table.
        diff_name: the file with the diff, beside the page; empty where there is none.
    """
    sections = [_overview(rehearsal, result, diff_name), _variants(rehearsal)]
    if result.comparison is not None:
        sections += [behaviours(result.comparison), fields(result.comparison)]
    sections += [_manual(result), _elsewhere(result), _diff(result)]
    subtitle = f"Rehearsal of `{result.variant.command}`"
    return page("ImageKit upgrade: rehearsal", subtitle, lines(sections))


def _overview(rehearsal: Rehearsal, result: VariantResult, diff_name: str) -> Html:
    tone = "bad" if result.exit_status else "good"
    parts = [
        element("h2", headline(result, rehearsal.plan.new is not None), class_=tone),
        tiles(_tiles(figures(result), compared=result.comparison is not None)),
        _figures_table(result),
    ]
    if result.failure is not None:
        parts += [element("p", prose(result.failure.reason)), code_block(result.failure.details)]
    if result.comparison is not None:
        parts.append(sides(result.comparison))
    else:
        parts.append(element("p", f"Before: {environment_line(rehearsal.before.environment)}", class_="note"))
    steps = next_steps(rehearsal, result, diff_name)
    if steps:
        parts += [element("h3", "Next steps"), element("ol", *(element("li", prose(step)) for step in steps))]
    notes = [*rehearsal.notes, *(remarks(result.comparison) if result.comparison is not None else ())]
    parts += [element("p", prose(f"{note[0].upper()}{note[1:]}"), class_="note") for note in [*notes, UNTOUCHED]]
    return element("section", *parts, id="overview")


def _figures_table(result: VariantResult) -> Html:
    rows = [
        element("tr", element("th", title, scope="row"), element("td", words)) for title, words in figure_lines(result)
    ]
    return element("div", element("table", element("tbody", *rows)), class_="scroll sides")


def _tiles(found: Figures, *, compared: bool) -> list[tuple[str, str, str, str]]:
    items: list[tuple[str, str, str, str]] = []
    if compared:
        same = "apply" if found.kept == found.images else "manual"
        items.append((f"{found.kept}/{found.images}", "images as before", "fields", same))
    if compared and found.checked:
        kind = "unsafe" if found.differing else "apply"
        items.append(
            (f"{found.checked - found.differing}/{found.checked}", "checks of files as before", "behaviours", kind)
        )
    items.append((f"+{found.added} -{found.removed}", "lines", "diff", "notice"))
    items.append((str(found.manual or ""), "for manual review", "manual", "manual"))
    items.append((str(found.regenerated or ""), "images to generate again", "overview", "notice"))
    return items


def _variants(rehearsal: Rehearsal) -> Html:
    """The table of all variants; nothing where there is only one."""
    if len(rehearsal.results) < 2:
        return _NOTHING
    head = element("tr", *(element("th", title, scope="col") for title in ("options", *TITLES)))
    rows = [
        element(
            "tr",
            element("th", each.variant.name, scope="row"),
            *(element("td", cell, class_="number") for cell in table_cells(each)),
        )
        for each in rehearsal.results
    ]
    table = element("table", element("thead", head), element("tbody", *rows))
    return element(
        "section",
        element("h2", "All variants"),
        element("div", table, class_="scroll"),
        element("p", prose(recommendation(rehearsal))),
        id="variants",
    )


def _manual(result: VariantResult) -> Html:
    """The findings for manual review, each with the code to write."""
    found = [finding for finding, kind in each_finding(result.report) if kind is NextAction.MANUAL]
    if not found:
        return _NOTHING
    return element("section", element("h2", "Manual review"), *map(_finding, found), id="manual")


def _finding(finding: Finding) -> Html:
    place = f"{finding.path}:{finding.location.line}"
    parts: list[Html] = [
        element("h3", place),
        element("p", element("span", finding.rule.code, class_="badge manual"), " ", prose(finding.message)),
        paragraphs(finding.why),
        paragraphs(finding.help),
    ]
    if finding.suggestion:
        parts.append(code_block(finding.suggestion))
    return element("article", *parts)


def _elsewhere(result: VariantResult) -> Html:
    items = remaining_elsewhere(result.elsewhere)
    if not items:
        return _NOTHING
    return element(
        "section",
        element("h2", "Still to do in other apps"),
        element("p", "These were rewritten in the copy, so that the site runs. They are not part of the diff."),
        element("ul", *(element("li", item) for item in items)),
        id="elsewhere",
    )


def _diff(result: VariantResult) -> Html:
    changed = [each for each in result.report.results if each.before != each.after]
    if not changed:
        return _NOTHING
    files = [
        element(
            "details",
            element("summary", element("h4", each.path)),
            side_by_side(each, with_unchanged=False),
            class_="file",
        )
        for each in changed
    ]
    return element("section", element("h2", "The rewrite"), join(files, "\n"), id="diff")
