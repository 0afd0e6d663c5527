"""The result of a rehearsal as one HTML page that needs nothing else."""

from __future__ import annotations

from ik_migrate.rehearse.advice import UNTOUCHED, figure_lines, headline, next_steps
from ik_migrate.rehearse.figures import Figures, each_finding, figures
from ik_migrate.rehearse.rehearsal import Rehearsal, VariantResult
from ik_migrate.rehearse.remaining import remaining_elsewhere
from ik_migrate.rehearse.text_report import TITLES, recommendation, table_cells
from ik_migrate.reports.html.diff_view import side_by_side
from ik_migrate.reports.next_action import NextAction
from ik_migrate.verify.html_report import Tile, comparison_values, render_page
from ik_migrate.verify.remarks import environment_line, remarks


def render_rehearsal(rehearsal: Rehearsal, result: VariantResult, diff_name: str = "") -> str:
    """Return the page.

    Args:
        rehearsal: the rehearsal.
        result: the variant that the page is about; the others are in a table.
        diff_name: the file with the diff, beside the page; empty where there is none.
    """
    compared = result.comparison
    notes = [*rehearsal.notes, *(remarks(compared) if compared is not None else ())]
    several = len(rehearsal.results) > 1
    return render_page(
        "rehearse/templates/rehearsal.html",
        title="ImageKit upgrade: rehearsal",
        subtitle=f"Rehearsal of `{result.variant.command}`",
        tone="bad" if result.exit_status else "good",
        headline=headline(result, rehearsal.plan.new is not None),
        tiles=_tiles(figures(result), compared=compared is not None),
        figure_lines=figure_lines(result),
        failure=result.failure,
        compared=compared is not None,
        old_environment=environment_line(rehearsal.before.environment),
        steps=next_steps(rehearsal, result, diff_name),
        notes=[*(f"{note[0].upper()}{note[1:]}" for note in [*notes, UNTOUCHED])],
        variants=[(each.variant.name, table_cells(each)) for each in rehearsal.results],
        variant_titles=TITLES,
        recommendation=recommendation(rehearsal) if several else "",
        manual=[finding for finding, kind in each_finding(result.report) if kind is NextAction.MANUAL],
        elsewhere=remaining_elsewhere(result.elsewhere),
        rewritten=[
            (each.path, side_by_side(each, with_unchanged=False))
            for each in result.report.results
            if each.before != each.after
        ],
        **(comparison_values(compared) if compared is not None else {}),
    )


def _tiles(found: Figures, *, compared: bool) -> list[Tile]:
    items: list[Tile] = []
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
