"""The controls that pick findings: by text, rule, app, applicability and who takes care of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ik_migrate.model.report import Report
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.reports.html.apps_view import App
from ik_migrate.reports.html.findings_view import WORK_LABELS
from ik_migrate.reports.html.markup import Html, element, join, void_element
from ik_migrate.reports.next_action import NextAction, work_counts


def filters(report: Report, apps: Sequence[App], rules: Sequence[Rule]) -> Html:
    """The form; the script of the page brings it to life, and shows it only then."""
    codes = Counter(finding.rule.code for finding in report.findings)
    kinds = Counter(finding.applicability for finding in report.findings)
    work = work_counts(report)
    search = void_element(
        "input",
        type="search",
        id="q",
        name="q",
        autocomplete="off",
        spellcheck="false",
        aria_keyshortcuts="/",
        placeholder="path, code, message",
    )
    boxes = [
        element(
            "label",
            void_element("input", type="checkbox", name="kind", value=kind.value),
            element("span", f"{kind.value} ({kinds[kind]})", class_=f"badge {kind.value}"),
        )
        for kind in Applicability
        if kinds[kind]
    ]
    fields = [
        element("div", element("label", "Search ", element("kbd", "/"), for_="q"), search, class_="field wide"),
        _select("app", "App", ((app.key, app.label, app.work.total()) for app in apps)),
        _select("rule", "Rule", ((rule.code, f"{rule.code} {rule.name}", codes[rule.code]) for rule in rules)),
        _select("work", "Work", ((kind.value, WORK_LABELS[kind].replace("`", ""), work[kind]) for kind in NextAction)),
    ]
    buttons = [
        element("button", "Show all", type="reset"),
        element("button", "Unfold", type="button", id="unfold"),
        element("button", "Fold", type="button", id="fold"),
    ]
    kinds_field = element("fieldset", element("legend", "Applicability"), *boxes)
    status = element("output", id="shown", aria_live="polite")
    return element(
        "form",
        *fields,
        element("div", kinds_field, status, *buttons, class_="actions"),
        id="filters",
        class_="scripted",
        role="search",
        aria_label="Findings",
    )


def _select(name: str, label: str, choices: Iterable[tuple[str, str, int]]) -> Html:
    """A field with one choice for each value that has findings, and their number."""
    options = [element("option", f"{title} ({number})", value=value) for value, title, number in choices if number]
    return element(
        "div",
        element("label", label, for_=f"by-{name}"),
        element("select", element("option", "all", value=""), join(options), id=f"by-{name}", name=name),
        class_="field",
    )
