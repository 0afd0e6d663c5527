"""The formats of a report, by the names they have on the command line."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from ik_migrate.model.report import Report

Writer = Callable[["Report", IO[str]], None]

FORMATS = {
    "text": "ik_migrate.reports.text:write_text",
    "concise": "ik_migrate.reports.concise:write_concise",
    "grouped": "ik_migrate.reports.concise:write_grouped",
    "json": "ik_migrate.reports.json_report:write_json",
    "jsonl": "ik_migrate.reports.jsonl:write_jsonl",
    "sarif": "ik_migrate.reports.sarif:write_sarif",
    "github": "ik_migrate.reports.github:write_github",
    "gitlab": "ik_migrate.reports.gitlab:write_gitlab",
    "junit": "ik_migrate.reports.junit:write_junit",
    "markdown": "ik_migrate.reports.markdown:write_markdown",
    "html": "ik_migrate.reports.html_report:write_html",
}
"""The function that writes each format, imported when it is called; in the order of ``--help``."""


FORMATS_WITH_FIXES = frozenset({"sarif"})
"""Those that tell what each rewrite does on its own, see `ik_migrate.engine.fixes`."""


def writer(name: str) -> Writer:
    """The function that writes a report in this format to a stream of text.

    Raises:
        KeyError: when there is no such format.
    """
    module, _, function = FORMATS[name].partition(":")
    found: Writer = getattr(importlib.import_module(module), function)
    return found
