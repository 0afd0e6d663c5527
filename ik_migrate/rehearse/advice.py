"""What a rehearsal says in sentences, in whatever form it is reported."""

from __future__ import annotations

from ik_migrate.rehearse.figures import Figures, each_finding, figures
from ik_migrate.rehearse.interpreters import installation_steps
from ik_migrate.rehearse.rehearsal import Rehearsal, VariantResult
from ik_migrate.reports.totals import count
from ik_migrate.verify.records import Environment
from ik_migrate.verify.remarks import outcome

UNTOUCHED = "Nothing was changed: the site ran in a copy of the project."


def headline(result: VariantResult, has_new: bool) -> str:
    """Return the outcome of a variant in one sentence."""
    if result.failure is not None:
        return "The migrated site does not run under the new version."
    if result.comparison is not None:
        return (
            outcome(result.comparison) if result.has_images else "No image was generated before, so none was compared."
        )
    return "Nothing was compared, because there is no --new." if not has_new else "Nothing was compared."


def figure_lines(result: VariantResult) -> list[tuple[str, str]]:
    """Return what a variant came to, as pairs of a title and a text."""
    found = figures(result)
    lines: list[tuple[str, str]] = []
    if result.comparison is not None:
        lines.append(("images", f"{found.kept} of {found.images} are the same, or equal within tolerance"))
        if found.checked:
            lines.append(("behaviour", behaviour_words(found)))
        lines.append(("regenerated", regenerated_words(found)))
    lines.append(("rewrite", f"{count(found.files, 'file')}, +{found.added} -{found.removed} lines"))
    lines.append(("left to do", left_words(found)))
    return lines


def behaviour_words(found: Figures) -> str:
    """Return how many checks of files and rows have the same outcome."""
    same = found.checked - found.differing
    return f"{same} of {found.checked} checks of files that are saved, replaced and deleted come out as before"


def regenerated_words(found: Figures) -> str:
    """Return how many images have to be generated again."""
    return f"{count(found.regenerated, 'image')} of the site get new file names" if found.regenerated else "no image"


def left_words(found: Figures) -> str:
    """Return how many findings are left, and of what kind."""
    verb = "needs" if found.manual == 1 else "need"
    parts = [f"{count(found.manual, 'finding')} {verb} manual review"] if found.manual else []
    if found.unsafe:
        parts.append(f"{count(found.unsafe, 'unsafe rewrite')} not made")
    return ", ".join(parts) or "nothing"


def next_steps(rehearsal: Rehearsal, result: VariantResult, diff_file: str = "") -> list[str]:
    """Return what to do after a rehearsal, in sentences.

    Args:
        rehearsal: the rehearsal.
        result: the variant that is meant.
        diff_file: the file that holds the diff; empty where it was not written.
    """
    found = figures(result)
    if rehearsal.plan.new is None:
        changes = any("requirement" in finding.rule.name for finding, _ in each_finding(result.report))
        return installation_steps(result.variant.options.target, changes)
    steps: list[str] = []
    if result.failure is not None:
        steps.append("Correct what is shown above, in the project or in the new environment, and rehearse again.")
    elif result.comparison is not None and result.comparison.exit_status:
        where = "The result page shows them side by side." if diff_file else "`--output-dir` writes a page with them."
        steps.append(f"Look at the images that differ. {where}")
    if found.unsafe and not result.variant.options.unsafe_fixes:
        steps.append(f"Rehearse with `--unsafe-fixes`: {count(found.unsafe, 'rewrite')} may change what the site does.")
    if found.differing and not result.variant.options.faithful:
        steps.append("Rehearse with `--faithful` if the site deletes or replaces images: it keeps what ImageKit 2 did.")
    if found.regenerated and not result.variant.options.keep_cache_names:
        steps.append(
            f"{count(found.regenerated, 'image')} will be generated again: run `manage.py generateimages` after the"
            " upgrade, or rehearse with `--keep-cache-names`."
        )
    if found.files and result.exit_status < 2:
        git = rehearsal.plan.is_in_git
        how = f"`git apply {diff_file}`" if git else f"`patch -p1 <{diff_file}`"
        also = f", or {how} in {rehearsal.plan.base}" if diff_file else ""
        apps = "".join(f" --app {app}" for app in rehearsal.plan.apps)
        commit = " --commit" if git else ""
        steps.append(f"Make the rewrite: `{result.variant.command}{apps}{commit}`{also}.")
    if found.manual:
        steps.append(f"Review {count(found.manual, 'finding')} by hand: `ik-migrate scan` shows the code to write.")
    return steps


def environments(rehearsal: Rehearsal, result: VariantResult) -> list[tuple[str, Environment]]:
    """Return the versions of the two sides, as far as they ran."""
    sides = [("before", rehearsal.before.environment)]
    if result.comparison is not None:
        sides.append(("now", result.comparison.after.environment))
    return sides
