"""JUnit XML: a test suite for each file, a test for each finding, for CI systems that show nothing else."""

from __future__ import annotations

from collections import Counter
from typing import IO
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from ik_migrate.model.finding import Finding
from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult, Status
from ik_migrate.reports.annotations import explanation, gaps, message, title
from ik_migrate.reports.escape import escape, visible_lines


def write_junit(report: Report, stream: IO[str]) -> None:
    """Write the report as one XML document, valid against ``junit-10.xsd`` of Jenkins' xUnit plugin.

    A finding is a test that fails, a notice one that was skipped, and what ``apply`` has rewritten one that passed.
    A file that could not be done is a test that ended in an error. A run without any has one test that passed,
    for an empty report is an error to Jenkins.

    Args:
        report: what was found.
        stream: where to write, UTF-8.
    """
    root = Element("testsuites", name="ik-migrate")
    for result in report.results:
        if result.findings:
            _suite(root, result.path, [_finding_test(report, result, finding) for finding in result.findings])
    for gap in gaps(report):
        test = _test(gap.path, "could be done" if gap.failed else "was looked at")
        outcome = SubElement(test, "error" if gap.failed else "skipped", message=escape(gap.reason))
        outcome.text = visible_lines(f"{gap.path}\n{gap.reason}")
        _suite(root, gap.path, [test])
    if not len(root):
        _suite(root, "ik-migrate", [_test("ik-migrate", "nothing is left to do for ImageKit 3")])
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ElementTree.indent(root)
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    stream.write(ElementTree.tostring(root, encoding="unicode") + "\n")


def _suite(root: Element, path: str, tests: list[Element]) -> None:
    """Add a suite of these tests; those of one name get a number, for the name is what CI systems know them by."""
    seen: Counter[str] = Counter()
    for test in tests:
        name = test.get("name", "")
        seen[name] += 1
        if seen[name] > 1:
            test.set("name", f"{name} ({seen[name]})")
    outcomes = Counter(outcome.tag for test in tests for outcome in test)
    suite = SubElement(
        root,
        "testsuite",
        name=escape(path),
        tests=str(len(tests)),
        failures=str(outcomes["failure"]),
        errors=str(outcomes["error"]),
        skipped=str(outcomes["skipped"]),
        time="0",
    )
    suite.extend(tests)


def _test(path: str, name: str) -> Element:
    return Element("testcase", classname=escape(path), name=escape(name), time="0")


def _finding_test(report: Report, result: FileResult, finding: Finding) -> Element:
    test = _test(result.path, f"{title(finding)}: {finding.message}")
    if report.command == "apply" and result.status is Status.CHANGED and result.is_applied(finding):
        return test
    where = escape(f"{result.path}:{finding.location.line}:{finding.location.column}")
    if finding.is_notice:
        outcome = SubElement(test, "skipped", message=f"notice: {message(finding)}")
    else:
        outcome = SubElement(test, "failure", type=finding.applicability.value, message=message(finding))
    outcome.text = f"{where}\n{explanation(finding)}"
    return test
