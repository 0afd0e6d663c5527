"""What the page says about its run: project, revision, date, target and command; and what an earlier report had."""

from __future__ import annotations

from ik_migrate.model.finding import Finding
from ik_migrate.model.report import Report
from ik_migrate.model.report_diff import ReportDiff
from ik_migrate.reports.html.markup import Html, element, join, prose
from ik_migrate.reports.progress import progress_by_app, progress_sentence
from ik_migrate.reports.repositories import COLUMNS, repositories_of


def about(report: Report) -> Html:
    """Return the list in the head of the page; nothing for a report that does not say how it was made."""
    rows: list[tuple[str, Html | str]] = []
    run = report.run
    if run is not None:
        rows.append(("Project", run.project))
        if run.revision:
            rows.append(("Revision", element("code", run.revision)))
        rows.append(("Date", element("time", run.date[:16].replace("T", " ") + " UTC", datetime=run.date)))
    several = len(report.targets) > 1
    for target in report.targets if not report.repositories else ():
        version = f"django-imagekit {target.version} ({target.reason.rstrip('.')})"
        rows.append((f"Target of {target.project}" if several else "Target", prose(version)))
    if run is not None:
        rows.append(("Command", element("code", run.command)))
    if not rows:
        return Html("")
    return element("dl", *(join([element("dt", term), element("dd", value)]) for term, value in rows), class_="run")


def repositories_section(report: Report) -> Html:
    """Return the table of the repositories of a merged report."""
    head = [element("th", "Repository", scope="col")]
    head += [element("th", name.capitalize(), scope="col", class_="number") for name in COLUMNS]
    rows = [
        element(
            "tr",
            element("th", one.name, scope="row"),
            *(element("td", cell, class_="number") for cell in one.cells),
        )
        for one in repositories_of(report)
    ]
    table = element("table", element("thead", element("tr", *head)), element("tbody", *rows))
    scroll = element("div", table, class_="scroll", tabindex=0, role="region", aria_label="Table of the repositories")
    return element("section", element("h2", "By repository"), scroll, id="repositories")


def progress_section(progress: ReportDiff) -> Html:
    """Return the comparison with an earlier report: numbers by app, then the new findings and the gone ones."""
    head = [element("th", "App", scope="col")]
    head += [element("th", name, scope="col", class_="number") for name in ("New", "Gone", "Left")]
    rows = [
        element(
            "tr",
            element("th", app.label, scope="row"),
            *(element("td", str(number or "-"), class_="number") for number in (app.new, app.gone, app.left)),
        )
        for app in progress_by_app(progress)
    ]
    table = element(
        "table",
        element("caption", progress_sentence(progress)),
        element("thead", element("tr", *head)),
        element("tbody", *rows),
    )
    return element(
        "section",
        element("h2", "Progress"),
        element("div", table, class_="scroll", tabindex=0, role="region", aria_label="Progress by app"),
        _listed("New", progress.new),
        _listed("Gone", progress.gone),
        id="progress",
    )


def _listed(title: str, findings: tuple[Finding, ...]) -> Html:
    if not findings:
        return Html("")
    items = [
        element(
            "li",
            element("code", f"{finding.path}:{finding.location.line}"),
            f" {finding.rule.code} ",
            prose(finding.message),
        )
        for finding in findings
    ]
    return element(
        "details",
        element("summary", element("h3", f"{title}: {len(findings)}")),
        element("ul", *items),
        class_="compared",
        open=title == "New",
    )
