"""Findings that are merely rewritten, in one or two lines per file and rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from ik_migrate.model.finding import Finding
from ik_migrate.reports.escape import escape
from ik_migrate.reports.finding_view import code_text
from ik_migrate.reports.terminal import joined, print_line, print_wrapped, prose


def print_fix_list(console: Console, files: Iterable[tuple[str, Iterable[Finding]]]) -> None:
    """Print findings by file; those of one rule with the same message share a line, with their line numbers.

    Args:
        console: where to.
        files: paths, each with its findings.
    """
    for path, findings in files:
        shown = Text(escape(path, console.encoding), style="cyan")
        groups = _alike(findings)
        if len(groups) == 1:
            line = joined("  ", shown, "  ", code_text(console, groups[0][0]), " ", _sentence(console, groups[0]))
            if line.cell_len <= console.width:
                print_line(console, line)
                continue
        print_line(console, joined("  ", shown))
        for same in groups:
            lead = joined("    ", code_text(console, same[0]), " ")
            print_wrapped(console, _sentence(console, same), first=lead, indent=6)


def _alike(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings of the same rule whose messages differ at most in their subjects, in the order of the first."""
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.rule.code, _split(finding.message)[1]].append(finding)
    return list(groups.values())


def _sentence(console: Console, findings: list[Finding]) -> Text:
    """``Photo.small: `image_field=` was renamed to `source=` (3)``, or the problem and then the subjects."""
    if len(findings) == 1:
        return joined(prose(console, findings[0].message, style="bold"), f" ({findings[0].location.line})")
    problem = prose(console, _split(findings[0].message)[1], style="bold")
    if not _split(findings[0].message)[0]:
        return joined(problem, f" ({', '.join(str(finding.location.line) for finding in findings)})")
    places, owner = [], ""
    for finding in findings:
        subject = _split(finding.message)[0]
        last, owner = owner, subject.rpartition(".")[0]
        # After Photo.small, `.large` is of the same class.
        shown = subject[len(owner) :] if owner and owner == last else subject
        places.append(f"{shown} ({finding.location.line})")
    return joined(problem, ": ", prose(console, ", ".join(places)))


def _split(message: str) -> tuple[str, str]:
    """The subject of a message, ``Photo.small``, and its problem; no subject where the message has none."""
    subject, colon, problem = message.partition(": ")
    return (subject, problem) if colon and " " not in subject else ("", message)
