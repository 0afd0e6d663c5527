"""The comparison for people: the totals first, then only what differs, field by field."""

from __future__ import annotations

from collections import Counter
from typing import IO

from rich.console import Console
from rich.text import Text

from ik_migrate.reports.escape import escape
from ik_migrate.reports.terminal import make_console, print_line, print_wrapped, prose
from ik_migrate.reports.totals import count
from ik_migrate.verify.behaviour_text import print_behaviours
from ik_migrate.verify.errors import place_of, project_traceback
from ik_migrate.verify.records import ErrorRecord, Problem
from ik_migrate.verify.remarks import environment_line, outcome, remarks, verdicts
from ik_migrate.verify.results import CaseResult, Comparison, Difference, FieldResult, Verdict

_STYLES = {
    Verdict.FAILED_AFTER: "red",
    Verdict.DIFFERENT: "red",
    Verdict.NAME_CHANGED: "yellow",
    Verdict.NOT_COMPARED: "yellow",
    Verdict.NO_SOURCE: "cyan",
    Verdict.FAILED_BEFORE: "cyan",
}
"""The verdicts whose fields are listed, with the colour of each."""
_CASES = 3
"""How many images are named if more of them differ in the same way."""
_LINES = 7
"""How many lines of a traceback's end are shown."""
_INDENT = 4
_LABEL = 14


def write_text(comparison: Comparison, stream: IO[str], *, color: bool | None = None, width: int | None = None) -> None:
    """Write the comparison for people.

    Args:
        comparison: the comparison.
        stream: where to write.
        color: whether to use colour; ``None`` to find out from the stream and the environment.
        width: cells per line; ``None`` for the width of the terminal.
    """
    _Printer(make_console(stream, color=color, width=width), comparison).print()


class _Printer:
    """Prints one comparison, and remembers which reasons it has given."""

    def __init__(self, console: Console, comparison: Comparison) -> None:
        self.console = console
        self.comparison = comparison
        self._given: set[str] = set()

    def print(self) -> None:
        self._totals()
        self._problems()
        for verdict in _STYLES:
            fields = [field for field in self.comparison.fields if field.verdict is verdict]
            if fields:
                self._line()
                self._line(Text(verdict.value.capitalize(), style=f"bold {_STYLES[verdict]}"))
                self._with_their_app([field for field in fields if _stops_with_its_app(field)])
                for field in fields:
                    if not _stops_with_its_app(field):
                        self._field(field)
        print_behaviours(self.console, self.comparison.behaviours)
        notes = remarks(self.comparison)
        if notes:
            self._line()
        for remark in notes:
            print_wrapped(self.console, prose(self.console, remark), first="Note: ", indent=6)

    def _totals(self) -> None:
        comparison = self.comparison
        style = "bold red" if comparison.exit_status else "bold green"
        print_wrapped(self.console, Text(outcome(comparison), style=style))
        images = sum(len(field.cases) for field in comparison.fields)
        totals = f"{count(len(comparison.fields), 'field')}, {count(images, 'image')}"
        if comparison.fields:
            totals = f"{totals}: {verdicts(comparison)}"
        self._wrapped(Text(totals), 2)
        sides = [("now", comparison.after)]
        if comparison.before is not None:
            sides.insert(0, ("before", comparison.before))
        for name, snapshot in sides:
            line = prose(self.console, environment_line(snapshot.environment), "dim")
            print_wrapped(self.console, line, first=f"  {name}:", indent=10)

    def _problems(self) -> None:
        """Print what does not load, grouped by reason."""
        groups: dict[str, list[tuple[Problem, Difference]]] = {}
        for problem, cause in self.comparison.problems:
            groups.setdefault("\n".join(_traceback(problem.error)[-3:]), []).append((problem, cause))
        for found in groups.values():
            self._line()
            where = ", ".join(problem.where for problem, _ in found)
            print_wrapped(self.console, prose(self.console, f"Does not load: {where}", "bold red"))
            for line in _traceback(found[0][0].error):
                self._line(Text("  " + escape(line, self.console.encoding)))
            self._reason(found[0][1], 2)

    def _with_their_app(self, fields: list[FieldResult]) -> None:
        if fields:
            names = ", ".join(field.label for field in fields)
            line = f"{count(len(fields), 'field')} of an app that does not load: {names}"
            self._wrapped(prose(self.console, line), 2)

    def _field(self, field: FieldResult) -> None:
        self._line(Text.assemble("  ", (escape(field.label, self.console.encoding), "bold")))
        for difference in field.differences:
            self._difference(difference)
        groups: dict[tuple[str, str, str], list[tuple[Difference, CaseResult]]] = {}
        for case in field.cases:
            for difference in case.differences:
                if difference.verdict is not Verdict.TOLERATED:
                    key = difference.what, difference.rule, difference.after if difference.what == "error" else ""
                    groups.setdefault(key, []).append((difference, case))
        for found in groups.values():
            self._difference(found[0][0])
            cases = [case for _, case in found]
            if cases[0].after.error is not None:
                self._place(cases[0].after.error)
            self._cases([case.case for case in cases], len(field.cases))
        reasons = Counter(case.reason for case in field.cases if case.reason)
        for reason, number in reasons.items():
            self._wrapped(prose(self.console, f"{count(number, 'image')}: {reason}", "dim"), _INDENT)
        if field.verdict in {Verdict.FAILED_BEFORE, Verdict.NOT_COMPARED}:
            self._first_error(field)
            equal = sum(1 for case in field.cases if case.verdict in {Verdict.EQUAL, Verdict.TOLERATED})
            if equal:
                self._wrapped(Text(f"{count(equal, 'image')}: equal", style="dim"), _INDENT)

    def _first_error(self, field: FieldResult) -> None:
        """Print why an image could not be generated, if that is not a difference."""
        errors = (record.error for case in field.cases for record in (case.after, case.before) if record is not None)
        error = next((error for error in errors if error is not None), None)
        if error is not None:
            self._wrapped(prose(self.console, str(error)), _INDENT + _LABEL)
            self._place(error)

    def _difference(self, difference: Difference) -> None:
        words = f"{difference.before} -> {difference.after}" if difference.before else difference.after
        label = Text(" " * _INDENT + f"{difference.what}:")
        style = _STYLES.get(difference.verdict, "")
        print_wrapped(self.console, prose(self.console, words, style), first=label, indent=_INDENT + _LABEL)
        self._reason(difference, _INDENT + _LABEL)

    def _reason(self, difference: Difference, indent: int) -> None:
        """Print why it differs; the reason of a rule is printed once."""
        if difference.reason:
            reason = "" if difference.rule and difference.reason in self._given else difference.reason
            self._given.add(difference.reason)
            self._wrapped(Text.assemble((difference.rule, "bold"), " " * bool(difference.rule), reason), indent)

    def _place(self, error: ErrorRecord) -> None:
        """Where in the project an error was raised."""
        place = place_of(error)
        if place:
            self._wrapped(prose(self.console, f"at {place}", "dim"), _INDENT + _LABEL)

    def _cases(self, cases: list[str], total: int) -> None:
        named = ", ".join(cases[:_CASES]) + (f" and {len(cases) - _CASES} more" if len(cases) > _CASES else "")
        self._wrapped(prose(self.console, f"{len(cases)} of {count(total, 'image')}: {named}", "dim"), _INDENT + _LABEL)

    def _wrapped(self, text: Text, indent: int) -> None:
        print_wrapped(self.console, text, first=" " * indent, indent=indent)

    def _line(self, line: Text | str = "") -> None:
        print_line(self.console, line)


def _traceback(error: ErrorRecord) -> list[str]:
    return project_traceback(error).splitlines()[-_LINES:]


def _stops_with_its_app(field: FieldResult) -> bool:
    """Whether a field is missing because its app did not load, which is reported separately."""
    return not field.cases and any(difference.what == "error" for difference in field.differences)
