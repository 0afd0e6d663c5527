"""The rules of a report: how many findings each has and where, and their explanations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ik_migrate.model.report import Report
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.reports.html.markup import Html, code_block, element, join, paragraphs, prose
from ik_migrate.reports.rule_page import MEANINGS, closing, examples


def rules_of(report: Report) -> list[Rule]:
    """The rules that have findings, by their codes."""
    found = {finding.rule.code: finding.rule for finding in report.findings}
    return [found[code] for code in sorted(found)]


def rules_table(report: Report, rules: Sequence[Rule]) -> Html:
    """One row for each rule, one column for each applicability."""
    counts = Counter((finding.rule.code, finding.applicability) for finding in report.findings)
    head = [
        element("th", "Rule", scope="col"),
        *(element("th", kind.value, scope="col", class_="number") for kind in Applicability),
        element("th", "What changed", scope="col"),
    ]
    rows = []
    for rule in rules:
        name = element("a", f"{rule.code} {rule.name}", href=f"#{rule.code}")
        numbers = [_number(rule, kind, counts[rule.code, kind]) for kind in Applicability]
        rows.append(element("tr", element("th", name, scope="row"), *numbers, element("td", prose(rule.summary))))
    table = element(
        "table",
        element("caption", "Findings by rule and by what apply may do about them."),
        element("thead", element("tr", *head)),
        element("tbody", *rows),
        class_="rules",
    )
    return element("div", table, class_="scroll", tabindex=0, role="region", aria_label="Table of the rules")


def _number(rule: Rule, kind: Applicability, number: int) -> Html:
    """A count, which leads to what was counted."""
    if not number:
        return element("td", "-", class_="number")
    label = f"Show {number} {kind.value} of {rule.code}"
    link = element("a", str(number), href=f"#rule={rule.code}&kind={kind.value}", aria_label=label)
    return element("td", link, class_="number")


def rule_texts(rules: Sequence[Rule]) -> Html:
    """What each rule says, folded, in the words of ``ik-migrate explain``."""
    return join([_rule_text(rule) for rule in rules])


def _rule_text(rule: Rule) -> Html:
    meanings = [
        element("li", element("strong", kind.value), ": ", prose(MEANINGS[kind])) for kind in rule.applicability
    ]
    parts = [
        element("ul", *meanings),
        element("h4", "Why"),
        paragraphs(rule.why),
        element("h4", "What to do"),
        paragraphs(rule.help),
    ]
    for title, source in examples(rule):
        parts += [element("h4", f"{title} ({rule.path})"), code_block(source)]
    if closing(rule):
        parts.append(element("p", prose(closing(rule))))
    parts += [element("h4", "Source"), paragraphs(rule.source)]
    return element(
        "details",
        element("summary", element("h3", f"{rule.code} {rule.name}"), " ", element("span", prose(rule.summary))),
        # The target of the links is inside, so that browsers unfold the text when they go there.
        element("div", *parts, id=rule.code),
        class_="rule",
    )
