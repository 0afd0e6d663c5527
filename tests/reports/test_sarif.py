"""The SARIF report: its schema, Microsoft's validator, and fixes that do exactly what they say."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from dataclasses import replace

import pytest
from command import ROOT
from jsonschema import Draft7Validator, FormatChecker

from ik_migrate.api import Options, apply, scan
from ik_migrate.model.finding import Finding
from ik_migrate.model.location import Location
from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult, Status
from ik_migrate.model.rule import Applicability
from ik_migrate.reports.sarif import write_sarif

SCHEMA = ROOT / "tests" / "support" / "schemas" / "sarif-2.1.0.json"
MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFit


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    name = u'\N{PARTY POPPER}'; small = ImageSpecField([ResizeToFit(50, 50)], image_field='image', format='JPEG')
    large = ImageSpecField(
        [],
        image_field='image',
        cache_to=lambda instance, path, name, extension: 'large/' + path,
    )
"""


def log_of(report):
    stream = io.StringIO()
    write_sarif(report, stream)
    return json.loads(stream.getvalue())


def results_of(report):
    return log_of(report)["runs"][0]["results"]


def scanned(folder, **options):
    return scan([folder], Options(**options), base=folder, with_fixes=True)


def everything(folder):
    """A report with all that a report can have."""
    (folder / "models.py").write_text(MODELS, "utf-8")
    (folder / "gone wrong#?.py").write_text("import imagekit (\n")
    report = scanned(folder, unsafe_fixes=True)
    (result,) = [result for result in report.results if result.path == "models.py"]
    first, second, *others = result.findings
    marked = replace(result, findings=tuple(others), suppressed=(first,), baselined=(second,))
    results = tuple(marked if other is result else other for other in report.results)
    errors = (("nowhere", "there is no such file or folder"),)
    skipped = FileResult("left.py", Status.SKIPPED, reason="it is generated")
    return Report("scan", (*results, skipped), 4, errors, skipped_trees=("node_modules",))


@pytest.mark.parametrize("command", ["scan", "apply", "diff"])
def test_it_follows_the_schema(tmp_path, command):
    report = everything(tmp_path)
    log = log_of(replace(report, command=command))
    Draft7Validator(json.loads(SCHEMA.read_text()), format_checker=FormatChecker()).validate(log)
    assert log["runs"][0]["results"]
    assert log["runs"][0]["invocations"][0]["exitCode"] == 2


def test_microsofts_validator_has_nothing_to_say(tmp_path):
    multitool = shutil.which("sarif-multitool") or shutil.which("Sarif.Multitool")
    if multitool is None:
        pytest.skip("@microsoft/sarif-multitool, of npm, is not installed")
    (tmp_path / "site").mkdir()
    log = tmp_path / "report.sarif"
    log.write_text(json.dumps(log_of(everything(tmp_path / "site"))))
    done = subprocess.run(
        [multitool, "validate", str(log)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stdout.splitlines() if ": error " in line or ": warning " in line]
    assert said == []
    assert "Analysis completed successfully" in done.stdout


# Fixes ------------------------------------------------------------------------------------------


def fixed(text, fix):
    """``text`` after a fix, by what SARIF says of lines and columns alone."""
    (change,) = fix["artifactChanges"]
    starts = [0]
    units = text.encode("utf-16-le")
    for index in range(0, len(units), 2):
        if units[index : index + 2] == "\n".encode("utf-16-le"):
            starts.append(index + 2)

    def offset(line, column):
        return starts[line - 1] + 2 * (column - 1)

    for replacement in sorted(change["replacements"], key=lambda r: -r["deletedRegion"]["startLine"]):
        region = replacement["deletedRegion"]
        start = offset(region["startLine"], region["startColumn"])
        end = offset(region["endLine"], region["endColumn"])
        units = units[:start] + replacement["insertedContent"]["text"].encode("utf-16-le") + units[end:]
    return units.decode("utf-16-le")


VARIANTS = {
    "as it is": MODELS,
    "crlf": MODELS.replace("\n", "\r\n"),
    "tabs": MODELS.replace("    ", "\t"),
    "no newline at the end": MODELS.rstrip(),
    "form feed": MODELS.replace("\n\nclass", "\n\f\nclass"),
    "byte order mark": "\ufeff" + MODELS,
}


@pytest.mark.parametrize("text", VARIANTS.values(), ids=VARIANTS)
def test_each_fix_alone_is_the_whole_rewrite_of_its_findings(tmp_path, text):
    path = tmp_path / "models.py"
    path.write_bytes(text.encode())
    report = scanned(tmp_path)
    result = next(result for result in report.results if result.path == "models.py")
    fixes = {json.dumps(r["fixes"], sort_keys=True): r for r in results_of(report) if "fixes" in r}
    # The support module is not there yet.
    assert {r["ruleId"] for r in results_of(report) if "fixes" in r} == {"IK101", "IK203"}
    assert {f.rule.code for f in result.applied} == {"IK101", "IK203", "IK301"}
    assert len(fixes) == 2
    for marked in fixes.values():
        after = fixed(text.removeprefix("\ufeff"), marked["fixes"][0])
        path.write_bytes(after.encode())
        left = next(result for result in scan([path], base=tmp_path).results if result.path == "models.py")
        assert left.status is not Status.FAILED
        assert len(left.applied) < len(result.applied)
        assert after.count("\r") == after.count("\n") * ("\r" in text)


def test_fix_uses_the_support_module_that_is_there(tmp_path):
    """Nothing else has to be written then: the fix can be made alone."""
    (tmp_path / "models.py").write_text(MODELS, "utf-8")
    apply([tmp_path], base=tmp_path)
    (tmp_path / "more.py").write_text(MODELS, "utf-8")
    report = scanned(tmp_path)
    assert [result.path for result in report.results if result.is_support and result.after != result.before] == []
    (fix,) = next(r["fixes"] for r in results_of(report) if r["ruleId"] == "IK301")
    after = fixed(MODELS, fix)
    assert "from imagekit_support import LegacySpec\n" in after
    assert "        source='image',\n        spec=PhotoLarge,\n    )\n" in after


def test_one_fix_is_what_apply_writes(tmp_path, run):
    head = MODELS.split("    large = ")[0]
    (tmp_path / "models.py").write_text(head, "utf-8")
    report = scanned(tmp_path, select=("IK101",))
    (found,) = results_of(report)
    region = found["locations"][0]["physicalLocation"]["region"]
    line = head.splitlines()[region["startLine"] - 1].encode("utf-16-le")
    place = line[2 * region["startColumn"] - 2 : 2 * region["endColumn"] - 2].decode("utf-16-le")
    assert place == region["snippet"]["text"] == "image_field='image'"
    run("apply", "--select", "IK101", cwd=tmp_path)
    assert fixed(head, found["fixes"][0]) == (tmp_path / "models.py").read_text("utf-8")


def test_the_command_line_asks_for_fixes(run, tmp_path):
    (tmp_path / "models.py").write_text(MODELS, "utf-8")
    log = json.loads(run("apply", "--diff", "--format", "sarif", cwd=tmp_path).stdout)
    assert any("fixes" in result for result in log["runs"][0]["results"])
    run("scan", "--output", "sarif=report.sarif", cwd=tmp_path)
    assert json.loads((tmp_path / "report.sarif").read_text()) == log


# Results ----------------------------------------------------------------------------------------


def test_what_apply_has_rewritten_is_no_result(tmp_path):
    (tmp_path / "models.py").write_text(MODELS, "utf-8")
    report = scanned(tmp_path, select=("IK101",))
    assert results_of(report)
    assert results_of(replace(report, command="apply")) == []


def test_fingerprints_do_not_depend_on_lines(tmp_path):
    def found():
        return [result["partialFingerprints"] for result in results_of(scanned(tmp_path))]

    (tmp_path / "models.py").write_text(MODELS, "utf-8")
    before = found()
    (tmp_path / "models.py").write_text("# A comment.\n\n" + MODELS, "utf-8")
    assert found() == before
    assert len({*map(str, before)}) == len(before)


def test_what_does_not_count_is_marked_as_suppressed(tmp_path):
    kinds = [[s["kind"] for s in result["suppressions"]] for result in results_of(everything(tmp_path))]
    assert kinds[-2:] == [["inSource"], ["external"]]
    assert not any(kinds[:-2])


def test_gaps_are_notifications(tmp_path):
    (invocation,) = log_of(everything(tmp_path))["runs"][0]["invocations"]
    assert not invocation["executionSuccessful"]
    told = {}
    for notification in invocation["toolExecutionNotifications"]:
        where = notification.get("locations", [{"physicalLocation": {"artifactLocation": {"uri": ""}}}])
        told[where[0]["physicalLocation"]["artifactLocation"]["uri"]] = notification["level"]
    assert told == {"nowhere": "error", "gone%20wrong%23%3F.py": "error", "left.py": "warning", "": "note"}


def test_a_path_that_is_no_text_is_an_address_of_bytes(tmp_path):
    report = everything(tmp_path)
    rule = report.findings[0].rule
    path = "./caf\udce9/a b:%.py"
    finding = Finding(rule, path, Location(1, 1, 1, 2), "odd [link](here)", Applicability.MANUAL)
    (result,) = results_of(Report("scan", (FileResult(path, Status.UNCHANGED, (finding,), before=b"x\n"),)))
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "caf%E9/a%20b%3A%25.py", "uriBaseId": "SRCROOT"}
    assert result["message"]["text"].startswith("Odd [link] (here).")


def test_fixes_do_not_depend_on_the_number_of_processes(run, photo_site):
    alone, several = (run("scan", "--format", "sarif", "--jobs", jobs, cwd=photo_site).stdout for jobs in (1, 2))
    assert several == alone
    assert any("fixes" in result for result in json.loads(several)["runs"][0]["results"])
