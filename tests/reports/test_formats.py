"""``--format`` and ``--output``: what goes where, in which form, and what is said of wrong values."""

from __future__ import annotations

import io
import json
import os
import re
import stat
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from ik_migrate.api import scan
from ik_migrate.reports.formats import FORMATS, writer

ROOT = Path(__file__).resolve().parents[2]
MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([], image_field='image', format='JPEG')
"""
ONE_RULE = ["--select", "IK101"]
SCAN = ["scan", *ONE_RULE]
is_all_powerful = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture
def project(tmp_path):
    """A project with one finding."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "models.py").write_text(MODELS)
    return folder


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_can_be_imported(name):
    assert callable(writer(name))


# --output ---------------------------------------------------------------------------------------


def test_outputs_are_written_beside_the_report_on_the_console(run, project, tmp_path):
    plain = run(*SCAN, cwd=project)
    kept = tmp_path / "kept.json"
    kept.write_text("old")
    kept.chmod(0o640)
    done = run(*SCAN, "--output", f"json={kept}", "--output", "jsonl=out=put.jsonl", cwd=project)
    assert (done.status, done.out, done.err) == (plain.status, plain.out, plain.err)
    assert done.status == 1
    assert json.loads(kept.read_text())["summary"]["findings"] == 1
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640
    assert (project / "out=put.jsonl").read_text().count("\n") == 3
    assert sorted(path.name for path in project.iterdir()) == ["models.py", "out=put.jsonl"]


def test_a_report_replaces_what_a_link_points_to(run, project, tmp_path):
    (project / "link.json").symlink_to(tmp_path / "target.json")
    run(*SCAN, "--output", "json=link.json", cwd=project)
    assert (project / "link.json").is_symlink()
    assert json.loads((tmp_path / "target.json").read_text())["version"] == 1


@pytest.mark.skipif(os.name == "nt", reason="there is no /dev/stderr")
def test_a_report_can_go_to_a_stream(run, project):
    done = run(*SCAN, "--output", "json=/dev/stderr", cwd=project)
    assert json.loads(done.stderr)["version"] == 1


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("json", "'json' has no file. Write json=FILE"),
        ("json=", "'json=' has no file. Write json=FILE"),
        ("xls=report.xls", "no such format: xls. Formats: text,"),
        ("htlm=report.html", "no such format: htlm. Did you mean 'html'?"),
        ("report.json", "no such format: report.json."),
        ("json=-", "for standard output, use --format json"),
        ("json=nowhere/report.json", "no such folder"),
        ("json=.", "is a folder"),
    ],
)
def test_bad_outputs_stop_the_run_before_it_starts(run, project, contents, value, message):
    before = contents(project)
    done = run("apply", "--output", value, cwd=project)
    assert (done.status, done.stdout) == (2, "")
    assert message in done.stderr
    assert contents(project) == before


def test_one_file_for_two_reports_is_refused(run, project):
    done = run(*SCAN, "--output", "json=report", "--output", "jsonl=./report", cwd=project)
    assert done.status == 2
    assert "two reports for ./report" in done.stderr


@pytest.mark.skipif(is_all_powerful or os.name == "nt", reason="root may write everything")
def test_a_read_only_folder_is_refused(run, project, tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    done = run(*SCAN, "--output", f"json={locked}/report.json", cwd=project)
    assert done.status == 2
    assert "is read-only" in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_a_report_that_can_not_be_written_is_an_error_and_the_others_are_written(run, project):
    done = run(*SCAN, "--output", "json=/dev/full", "--output", "jsonl=report.jsonl", cwd=project)
    assert done.status == 2
    assert "Error: cannot write /dev/full: No space left on device" in done.stderr
    assert (project / "report.jsonl").exists()


# --format ---------------------------------------------------------------------------------------


def _undated(text):
    """Return a JSON report without what differs from run to run, and from folder to folder."""
    report = json.loads(text)
    for target in report.get("targets", ()):
        target["project"] = ""
    return {**report, "run": None} if "run" in report else report


def test_apply_diff_in_a_format_for_programs_reports_with_the_diff(run, project, contents):
    before = contents(project)
    text = run("apply", "--diff", *ONE_RULE, "--output", "json=report.json", cwd=project)
    report = json.loads((project / "report.json").read_text())
    (project / "report.json").unlink()
    assert text.stdout.startswith("--- a/models.py\n")
    assert [file["diff"] for file in report["files"]] == [text.stdout]
    done = run("apply", "--diff", *ONE_RULE, "--format", "json", cwd=project)
    assert (_undated(done.stdout), done.stderr, done.status) == (_undated(json.dumps(report)), "", 1)
    assert contents(project) == before


def test_apply_reports_in_the_format_what_was_done(run, project):
    done = run("apply", *ONE_RULE, "--format", "json", cwd=project)
    report = json.loads(done.stdout)
    assert (done.status, report["command"], report["summary"]["applied"]) == (0, "apply", 1)
    assert "source='image'" in (project / "models.py").read_text()


def test_jsonl_has_the_findings_then_their_file_and_the_run_last(run, project):
    (project / "broken.py").write_text("import imagekit (\n")
    done = run(*SCAN, "--format", "jsonl", "nowhere", ".", cwd=project)
    assert re.search(r"^nowhere: no such file or folder$", done.stderr, re.MULTILINE)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["type"], line.get("path")) for line in lines] == [
        ("file", "broken.py"),
        ("finding", "models.py"),
        ("file", "models.py"),
        ("error", "nowhere"),
        ("run", None),
    ]
    schema = json.loads((ROOT / "ik_migrate" / "reports" / "schema.json").read_text("utf-8"))
    validator = Draft202012Validator(schema)
    for line in lines:
        validator.evolve(schema=schema["$defs"]["line"]).validate(line)
    whole = json.loads(run(*SCAN, "--format", "json", "nowhere", ".", cwd=project).stdout)
    assert lines[-1]["summary"] == whole["summary"]
    assert lines[1] == {"type": "finding", "path": "models.py", **whole["files"][1]["findings"][0]}


# Names that mean something to a format ----------------------------------------------------------

HOSTILE = [
    b"a\nb\r.py",
    b"\x1b[31mred\x1b[0m.py",
    b"]]>.py",
    b"::error::x,y=%0A.py",
    b"caf\xe9.py",
    b"<img src=x onerror=alert(1)>.py",
    b"pipe|`tick` [link](x) @user #1 --><!--.py",
    b"'quo\"te'.py",
    "\u202egnp.\N{PARTY POPPER} .py".encode(),
]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """Reports in all formats about files whose names mean something to one format or another, and their paths."""
    folder = tmp_path_factory.mktemp("hostile")
    try:
        for name in HOSTILE:
            Path(os.fsdecode(os.path.join(os.fsencode(folder), name))).write_text(MODELS)
    except OSError:
        pytest.skip("this file system does not take such names")
    Path(folder, "broken::error::]]>.py").write_text("import imagekit (\n")
    report = scan([folder, folder / "no\n::error::where"], base=folder)
    written = {}
    for name in FORMATS:
        stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n")
        writer(name)(report, stream)
        stream.seek(0)
        written[name] = stream.read()
    paths = {result.path for result in report.results if result.findings}
    assert len(paths) == len(HOSTILE)
    return written, {os.fsencode(path).decode("utf-8", "backslashreplace") for path in paths}


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"json", "jsonl", "sarif", "gitlab"}))
def test_no_format_lets_control_characters_of_a_name_through(hostile, name):
    written, _ = hostile
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", written[name])


def test_json_formats_have_the_names(hostile):
    written, paths = hostile
    assert paths < {file["path"] for file in json.loads(written["json"])["files"]}
    lines = [json.loads(line) for line in written["jsonl"].splitlines()]
    assert paths == {line["path"] for line in lines if line["type"] == "finding"}
    issues = json.loads(written["gitlab"])
    assert paths < {issue["location"]["path"] for issue in issues}
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    results = json.loads(written["sarif"])["runs"][0]["results"]
    uris = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results}
    assert {unquote(uri, errors="backslashreplace") for uri in uris} == paths


def test_github_commands_hold_their_properties(hostile):
    written, paths = hostile
    *commands, totals = written["github"].splitlines()
    assert "files would be rewritten" in totals
    files = []
    for line in commands:
        match = re.fullmatch(r"::(?:error|warning|notice) ((?:\w+=[^,:]*,?)+)::(.+)", line)
        assert match, line
        properties = dict(pair.split("=", 1) for pair in match.group(1).split(","))
        assert set(properties) <= {"file", "line", "endLine", "col", "title"}
        files.append(unquote(properties["file"]))
    assert {"broken::error::]]>.py", "no\\n::error::where", "::error::x,y=%0A.py", "a\\nb\\r.py"} < set(files)
    assert len(set(files)) == len(paths) + 2


def test_junit_is_well_formed_and_counts_right(hostile):
    written, _ = hostile
    root = ElementTree.fromstring(written["junit"].encode())
    assert len(root) == len(HOSTILE) + 2
    for suite in root:
        # What junit-10.xsd of Jenkins' xUnit plugin knows, as far as it is used here.
        assert set(suite.attrib) == {"name", "tests", "failures", "errors", "skipped", "time"}
        assert int(suite.get("tests")) == len(suite)
        for kind in ("failure", "error", "skipped"):
            wanted = suite.get({"failure": "failures", "error": "errors"}.get(kind, kind))
            assert int(wanted) == len(suite.findall(f"testcase/{kind}"))
        assert all(set(test.attrib) == {"classname", "name", "time"} for test in suite)
        assert len({test.get("name") for test in suite}) == len(suite)
    assert int(root.get("tests")) == sum(len(suite) for suite in root)
    assert "\\x1b[31mred\\x1b[0m.py" in {suite.get("name") for suite in root}


def test_markdown_has_no_html_link_or_heading_of_a_name(hostile):
    written, _ = hostile
    tokens = MarkdownIt("commonmark").parse(written["markdown"])
    inline = [child for token in tokens for child in token.children or ()]
    assert {token.content for token in [*tokens, *inline] if token.type.startswith("html")} <= {"<!-- -->"}
    links = [token.attrGet("href") for token in inline if token.type == "link_open"]
    assert {re.sub(r"IK\d+", "", link) for link in links} == {
        "https://github.com/ik-migrate/ik-migrate/blob/main/docs/rules/.md"
    }
    code = {token.content for token in inline if token.type == "code_inline"}
    assert {"]]>.py", "pipe|`tick` [link](x) @user #1 --><!--.py", "caf\\xe9.py"} <= code
    assert written["markdown"].count("\n### `") == len(HOSTILE)


# docs/formats.md --------------------------------------------------------------------------------


def test_the_examples_in_the_documentation_are_real(run, tmp_path):
    page = (ROOT / "docs" / "formats.md").read_text("utf-8")
    (tmp_path / "models.py").write_text(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1])
    shown = dict(re.findall(r"^## (\w+)\n.*?^```\w*\n(.*?)^```$", page, re.DOTALL | re.MULTILINE))
    assert {"jsonl", "sarif", "github", "gitlab", "junit", "markdown"} == set(shown)
    for name, example in shown.items():
        written = run("scan", "--select", "IK101", "--format", name, cwd=tmp_path).stdout
        if name == "sarif":
            assert json.loads(example) == json.loads(written)["runs"][0]["results"][0]
        elif name == "jsonl":
            lines, written_lines = (list(map(_undated, text.splitlines())) for text in (example, written))
            assert lines == written_lines
        else:
            assert example == written


def test_the_documentation_names_every_format():
    page = (ROOT / "docs" / "formats.md").read_text("utf-8")
    assert re.findall(r"^\| `(\w+)` \| [^|]+ \| [^|]+ \|$", page, re.MULTILINE) == list(FORMATS)
