"""Every rule on its fixtures: what is written, what is left, and that nothing else is touched."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from case_runner import (
    FIXTURES,
    REWRITE,
    RUN,
    SUPPORT_FILE,
    Case,
    known_failing,
    load_cases,
    place_text,
    read_tree,
    variants,
    write_tree,
)
from command import ROOT
from shared_results import SharedResults

from ik_migrate import api
from ik_migrate.engine.registry import rules
from ik_migrate.model.finding import Finding
from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult, Status
from ik_migrate.model.rule import Applicability, Rule

DOCS = ROOT / "docs"
KNOWN = known_failing()


def _samples() -> list[Case]:
    """The examples that the rules themselves show."""
    return [
        Case(
            rule.name,
            "sample",
            {rule.path: rule.before.encode()},
            {rule.path: rule.after.encode()},
            unsafe_fixes=rule.applicability[0] is Applicability.UNSAFE,
            is_sample=True,
            option=rule.option,
        )
        for rule in rules().values()
    ]


CASES = load_cases()
ALL = [*_samples(), *CASES]


def _param(case: Case, check: str, *more: object) -> object:
    failing = check in KNOWN.get(case.id, ())
    marks = [pytest.mark.xfail(strict=True, reason="listed in KNOWN_FAILING.txt")] if failing else []
    label = case.id if check in {REWRITE, RUN} else f"{case.id}-{check}"
    return pytest.param(case, *more, id=label, marks=marks)


def _variants() -> list[object]:
    # The variants of a case that fails as it is have nothing to be compared with.
    sound = [case for case in ALL if REWRITE not in KNOWN.get(case.id, ())]
    return [_param(variant, name) for case in sound for name, variant in variants(case)]


@pytest.mark.parametrize("case", [_param(case, REWRITE) for case in ALL])
def test_case(case: Case, tmp_path: Path) -> None:
    for path, data in case.after.items():
        if path.endswith(".py") and data != case.before[path]:
            _assert_parses(data)
    write_tree(case.before, tmp_path)
    planned = api.scan([tmp_path], case.options, base=tmp_path)
    assert read_tree(tmp_path) == case.before, "scan wrote something"
    report = _apply(case, tmp_path)
    changed = [result for result in planned.results if result.status is Status.CHANGED]
    promised = {result.path: result.after for result in changed if not result.is_support}
    assert promised == {path: data for path, data in case.after.items() if data != case.before[path]}
    _assert_findings(case, report)
    _assert_nothing_left_to_write(case, tmp_path)


@pytest.mark.parametrize("case", _variants())
def test_variant(case: Case, tmp_path: Path) -> None:
    report = _apply(case, tmp_path)
    _assert_findings(case, report)


def _apply(case: Case, folder: Path) -> Report:
    """Apply, and compare the bytes."""
    write_tree(case.before, folder)
    report = api.apply([folder], case.options, base=folder)
    failed = [f"{result.path}: {result.reason}" for result in report.results if result.status is Status.FAILED]
    assert not failed and not report.errors
    written = read_tree(folder)
    for path, data in case.after.items():
        assert _shown(written[path]) == _shown(data), path
    assert written == case.after
    return report


def _shown(data: bytes) -> str:
    """Bytes as text in which nothing is lost, for a readable difference."""
    return data.decode("utf-8", "backslashreplace").replace("\r", "<CR>").replace("\t", "<TAB>").replace("\f", "<FF>")


def _assert_findings(case: Case, report: Report) -> None:
    for finding in report.findings:
        place = finding.location
        text = place_text(case.before[finding.path], place.line, place.column, place.end_line, place.end_column)
        assert text.strip(), f"{finding.rule.code} points at nothing"
        assert finding.message and finding.why and finding.help
        assert finding.applicability in finding.rule.applicability, f"{finding.rule.code} does not own up to this"
    codes = {finding.rule.code for finding in report.findings}
    own = next(code for code, rule in rules().items() if rule.name == case.rule)
    if case.is_sample or case.changes:
        # A field that only the running site can tell becomes one of the support module, whatever its arguments are.
        assert codes & {own, "IK115"}
    if case.is_sample:
        return
    left = [_summary(finding) for result in report.results for finding in _left(result)]
    assert sorted(left) == sorted(case.left)


def _left(result: FileResult) -> list[Finding]:
    """What is left for a person; what is said once about the whole project is taken as known."""
    return [
        finding for finding in result.findings if finding not in result.applied and not finding.rule.once_per_project
    ]


def _summary(finding: Finding) -> list[object]:
    return [finding.path, finding.location.line, finding.rule.code, finding.applicability.value]


def _assert_nothing_left_to_write(case: Case, folder: Path) -> None:
    """A second pass."""
    options = case.options
    again = api.apply([folder], options, base=folder)
    assert read_tree(folder) == case.after
    writable = [_summary(finding) for finding in again.findings if options.should_apply(finding)]
    assert writable == [] or not case.changes
    assert not any(result.applied for result in again.results)


def _assert_parses(data: bytes) -> None:
    """The expected text is Python 3, or Python 2 that only lacks what is gone since."""
    from ik_migrate.source.source_file import Source
    from ik_migrate.source.tree import PythonText

    text = PythonText(Source.from_python(data))
    if not text.is_python2:
        # More than ast.parse: a keyword given twice is an error of the compiler.
        compile(data, "expected", "exec", dont_inherit=True)


def _running() -> list[Case]:
    return [case for case in CASES if case.runs]


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What became of the migrated applications, made once in a test run."""
    results = SharedResults.for_session(tmp_path_factory, "applications")
    outcomes: dict[str, str] = results.get("outcomes", lambda: _run_applications(tmp_path_factory))
    return outcomes


def _run_applications(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Run all in one process, each with a support module of its own."""
    folder = tmp_path_factory.mktemp("applications")
    for case in _running():
        name = _application(case)
        write_tree({f"{name}/{path}": _in_package(data, name) for path, data in case.after.items()}, folder)
        project = tmp_path_factory.mktemp("project")
        write_tree(case.before, project)
        api.apply([project], case.options, base=project)
        if (project / SUPPORT_FILE).exists():
            (folder / name / SUPPORT_FILE).write_bytes((project / SUPPORT_FILE).read_bytes())
        if "__init__.py" not in case.after:
            (folder / name / "__init__.py").touch()
    runner = ROOT / "tests" / "support" / "case_runner.py"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(runner), str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    outcomes: dict[str, str] = json.loads(done.stdout)
    return outcomes


def _in_package(data: bytes, package: str) -> bytes:
    return data.replace(b"from imagekit_support import", f"from {package}.imagekit_support import".encode())


def _application(case: Case) -> str:
    return re.sub(r"\W", "_", case.id)


@pytest.mark.parametrize("case", [_param(case, RUN) for case in _running()])
def test_expected_result_runs(case: Case, outcomes: dict[str, str]) -> None:
    """On the installed Django and django-imagekit, whatever the tool makes of the case."""
    assert outcomes[_application(case)] == ""


def _own_rules() -> dict[str, Rule]:
    """The rules without those of other packages that happen to be installed."""
    return {code: rule for code, rule in rules().items() if code.startswith("IK")}


def test_every_rule_has_one_folder_of_its_name() -> None:
    assert {path.name for path in FIXTURES.iterdir() if path.is_dir()} == {rule.name for rule in _own_rules().values()}


def test_every_rule_has_a_page() -> None:
    for code, rule in _own_rules().items():
        page = (DOCS / "rules" / f"{code}.md").read_text("utf-8")
        assert rule.name in page
        assert code in (DOCS / "rules" / "README.md").read_text("utf-8")


@pytest.mark.parametrize("rule", sorted(rule.name for rule in _own_rules().values()))
def test_rule_has_a_case_and_a_look_alike(rule: str) -> None:
    """One in which there is something to do, and one that looks like it and stays silent."""
    cases = [case for case in CASES if case.rule == rule]
    assert any(case.changes or case.left for case in cases)
    assert any(not case.changes and not case.left for case in cases)


def test_many_cases_have_a_rewrite_beside_manual_review() -> None:
    """There a rewrite can lose what it must not touch."""
    mixed = [case for case in CASES if case.changes and any(word == "manual" for *_, word in case.left)]
    assert len(mixed) >= 60


def test_every_code_in_the_fixtures_is_a_rule() -> None:
    codes = {str(code) for case in CASES for _, _, code, _ in case.left}
    assert codes <= set(rules())
    words = {str(word) for case in CASES for *_, word in case.left}
    assert words <= {applicability.value for applicability in Applicability}


def test_a_third_of_the_cases_changes_nothing() -> None:
    unchanged = [case for case in CASES if not case.changes]
    assert len(unchanged) * 3 >= len(CASES)


def test_known_failures_are_cases() -> None:
    assert set(KNOWN) <= {case.id for case in ALL}
