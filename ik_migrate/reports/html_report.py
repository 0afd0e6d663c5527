"""The report for planning the upgrade: one HTML file that needs no other file, and no network."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from string import Template
from typing import IO

from ik_migrate import __version__
from ik_migrate.model.report import Report
from ik_migrate.reports.html.apps_view import apps_of, apps_table, legend
from ik_migrate.reports.html.filters import filters
from ik_migrate.reports.html.findings_view import FindingsView
from ik_migrate.reports.html.head import about, progress_section, repositories_section
from ik_migrate.reports.html.markup import Html, element, join, text
from ik_migrate.reports.html.overview import conclusion, left_out, problems, tiles
from ik_migrate.reports.html.rules_view import rule_texts, rules_of, rules_table

_COMMANDS = {"scan": "ik-migrate scan", "diff": "ik-migrate apply --diff", "apply": "ik-migrate apply"}


def write_html(report: Report, stream: IO[str]) -> None:
    """Write the report as one HTML page, ASCII only.

    Args:
        report: what was found.
        stream: where to write; any encoding that holds ASCII will do.
    """
    style, script = _resource("page.css"), _resource("page.js")
    page = Template(_resource("page.html")).substitute(
        policy=_policy(style, script),
        style=style,
        script=script,
        title=text(report.run.project if report.run else _COMMANDS.get(report.command, "ik-migrate")),
        command=_COMMANDS.get(report.command, "ik-migrate"),
        version=__version__,
        about=about(report),
        content=_content(report),
    )
    stream.write(page.encode("ascii", "xmlcharrefreplace").decode("ascii"))


def _resource(name: str) -> str:
    return files("ik_migrate.reports.html").joinpath(name).read_text("ascii")


def _policy(style: str, script: str) -> str:
    """A Content-Security-Policy that allows this style sheet and this script, and nothing else."""
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src '{_digest(style)}'",
            f"script-src '{_digest(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        ]
    )


def _digest(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


def _content(report: Report) -> Html:
    """Return the sections of the page that have any content."""
    overview = [element("h2", "Where the upgrade stands"), tiles(report), conclusion(report)]
    parts = [element("section", *overview, id="overview"), problems(report)]
    if report.repositories:
        parts.append(repositories_section(report))
    if report.progress is not None:
        parts.append(progress_section(report.progress))
    apps = apps_of(report)
    if apps:
        parts.append(element("section", element("h2", "By app"), legend(), apps_table(apps), id="apps"))
    shown = [app for app in apps if app.shown]
    if shown:
        rules = rules_of(report)
        view = FindingsView(report)
        files = [view.app(app) for app in shown]
        parts += [
            element("section", element("h2", "By rule"), rules_table(report, rules), id="rules"),
            element("section", element("h2", "Findings"), filters(report, shown, rules), *files, id="findings"),
            element("section", element("h2", "What the rules say"), rule_texts(rules), id="explanations"),
        ]
    parts.append(left_out(report))
    return join(parts, "\n")
