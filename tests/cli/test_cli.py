"""The installed command: exit statuses, what goes to which stream, and what it keeps its hands off."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from importlib import resources

import pytest
from jsonschema import Draft202012Validator

from ik_migrate import __version__

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')
"""
MIGRATED = MODELS.replace("image_field=", "source=")
FOR_A_PERSON = MIGRATED.replace("source='image'", "source='image', image_field='image'")
NOTICE_ONLY = """\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos/%Y')
    small = ImageSpecField([], source='image')
"""

SCAN, APPLY, DIFF = ["scan"], ["apply"], ["apply", "--diff"]
RUNS = pytest.mark.parametrize("command", [SCAN, APPLY, DIFF], ids=" ".join)
STATUSES = """\
  Exit status:
    0  nothing left to do
    1  findings other than notices; after apply: findings that need manual review
    2  errors: a bad option, an unreadable path, a file that failed
"""
needs_posix = pytest.mark.skipif(os.name == "nt", reason="signals and pipes of POSIX")
is_all_powerful = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture
def project(tmp_path):
    """Makes a small project of the given files, and returns its folder."""

    def project(name="site", **files):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "manage.py").write_text("")
        for stem, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            (folder / f"{stem}.py").write_bytes(data)
        return folder

    return project


# Exit statuses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "models", "status"),
    [
        (SCAN, "", 0),
        (SCAN, MIGRATED, 0),
        (SCAN, MODELS, 1),
        (SCAN, FOR_A_PERSON, 1),
        (APPLY, "", 0),
        (APPLY, MIGRATED, 0),
        (APPLY, MODELS, 0),
        (APPLY, FOR_A_PERSON, 1),
        (APPLY, MODELS + FOR_A_PERSON, 1),
        (DIFF, "", 0),
        (DIFF, MIGRATED, 0),
        (DIFF, MODELS, 1),
        (DIFF, FOR_A_PERSON, 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_status_says_whether_something_is_left_to_do(run, project, command, models, status):
    done = run(*command, cwd=project(models=models))
    assert done.status == status, done.stdout + done.stderr


@RUNS
def test_bad_option(run, project, command):
    done = run(*command, "--no-such-option", cwd=project())
    assert (done.status, done.stdout) == (2, "")
    assert "No such option" in done.stderr


@RUNS
@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_unknown_rule(run, project, command, option):
    done = run(*command, option, "IK101,IK777", cwd=project(models=MODELS))
    assert (done.status, done.stdout) == (2, "")
    assert "no rule starts with 'IK777'" in done.stderr


def test_missing_command_or_code(run):
    assert run().status == 2
    assert run("no-such-command").status == 2
    assert run("explain").status == 2
    assert run("scan", "--format", "xls").status == 2


@RUNS
def test_missing_path_does_not_stop_the_others(run, project, command):
    folder = project(models=MODELS)
    done = run(*command, "nowhere", "models.py", cwd=folder)
    messages = done.stderr if command is DIFF else done.stdout
    assert done.status == 2
    assert "nowhere\n    no such file or folder" in messages
    assert "IK101" in messages
    assert ((folder / "models.py").read_text() == MIGRATED) == (command is APPLY)


UNREADABLE = {
    "syntax": (MODELS + "x = (\n", "not valid Python 2 or 3", 10),
    "nul": (MODELS.encode() + b"\0\n", "not valid Python 2 or 3", 9),
    "undeclared encoding": (MODELS.encode() + b"# caf\xe9\n", "line 9 is not utf-8", 9),
    "wrong cookie": (b"# coding: ascii\n" + MODELS.encode() + b"# caf\xe9\n", "line 10 is not ascii", 10),
    "unknown cookie": (b"# coding: klingon\n" + MODELS.encode(), "unknown encoding, klingon", None),
}


@RUNS
@pytest.mark.parametrize("broken", UNREADABLE.values(), ids=UNREADABLE)
def test_file_that_can_not_be_analysed(run, project, command, broken):
    content, reason, line = broken
    folder = project(broken=content, models=MODELS)
    before = (folder / "broken.py").read_bytes()
    done = run(*command, cwd=folder)
    messages = " ".join((done.stderr if command is DIFF else done.stdout).split())
    assert done.status == 2
    failed = messages.partition("Errors: 1 file broken.py ")[2]
    assert reason in failed
    assert line is None or f"line {line}" in failed
    assert "Traceback" not in messages
    assert (folder / "broken.py").read_bytes() == before
    assert "IK101" in messages
    assert ((folder / "models.py").read_text() == MIGRATED) == (command is APPLY)


@RUNS
def test_broken_file_without_imagekit_is_not_our_business(run, project, command):
    assert run(*command, cwd=project(broken="x = (\n", latin=b"# caf\xe9\n", nul=b"\0")).status == 0


@needs_posix
@pytest.mark.skipif(is_all_powerful, reason="root can read everything")
@pytest.mark.parametrize("in_git", [False, True], ids=["plain", "git"])
@RUNS
def test_unreadable_file_and_folder(run, project, git, command, in_git):
    folder = project(models=MIGRATED, secret=MODELS)
    (folder / "locked").mkdir()
    if in_git:
        git(folder, "init")
    (folder / "secret.py").chmod(0)
    (folder / "locked").chmod(0)
    done = run(*command, cwd=folder)
    (folder / "locked").chmod(0o755)
    messages = done.stderr if command is DIFF else done.stdout
    assert done.status == 2
    assert "secret.py\n    Permission denied" in messages
    assert "locked\n    Permission denied" in messages
    assert run(*command, "models.py", cwd=folder).status == 0
    assert run(*command, "--exclude", "secret.py", cwd=folder).status == 0


def test_exit_zero_hides_findings_but_no_failure(run, project):
    folder = project(models=MODELS)
    assert run("scan", "--exit-zero", cwd=folder).status == 0
    assert run("apply", "--diff", "--exit-zero", cwd=folder).status == 0
    assert run("scan", "--exit-zero", "nowhere", cwd=folder).status == 2
    (folder / "models.py").write_text(MODELS + "x = (\n")
    for command in (SCAN, APPLY, DIFF):
        assert run(*command, "--exit-zero", cwd=folder).status == 2


def test_rules_and_explain(run):
    listed = run("rules")
    assert listed.status == 0
    codes = re.findall(r"^IK\d{3}", listed.stdout, re.MULTILINE)
    assert "IK101" in codes
    assert codes == sorted(set(codes))
    for name in ("IK101", "ik101", " image-field "):
        explained = run("explain", name)
        assert explained.status == 0
        assert explained.stdout.startswith("IK101 image-field\n")
    unknown = run("explain", "IK777")
    assert (unknown.status, unknown.stdout) == (2, "")
    assert "no rule starts with 'IK777'" in unknown.stderr
    assert "Codes start with IK1, IK2," in unknown.stderr


# Which files and rules --------------------------------------------------------------------------


def test_select_ignore_and_exclude(run, project):
    folder = project(models=MODELS, other=MODELS)
    assert run("scan", "--select", "IK2", cwd=folder).status == 0
    assert run("scan", "--select", "ik101", cwd=folder).status == 1
    assert run("scan", "--ignore", "IK1", cwd=folder).status == 0
    assert "other.py" not in run("scan", "--exclude", "other.py", cwd=folder).stdout
    assert run("scan", "--exclude", "*.py", cwd=folder).status == 0


def test_what_git_ignores_is_left_out_unless_it_is_named(run, project, git):
    folder = project(models=MIGRATED, ignored=MODELS)
    git(folder, "init")
    (folder / ".gitignore").write_text("ignored.py\n")
    assert run("scan", cwd=folder).status == 0
    assert run("scan", "ignored.py", cwd=folder).status == 1


def test_environment_of_a_git_hook_leads_nobody_astray(run, project, git):
    folder, other = project(models=MODELS), project("other")
    for place in (folder, other):
        git(place, "init")
    hook = {"GIT_DIR": str(other / ".git"), "GIT_WORK_TREE": str(other), "GIT_INDEX_FILE": ".git/index"}
    assert run("scan", cwd=folder, env=hook).status == 1


def test_files_searched_are_counted_with_and_without_git(run, project, git):
    folder = project(models=MIGRATED, urls="")
    expected = "No ImageKit 2 code found in 3 files.\n"
    assert run("scan", cwd=folder).stdout == expected
    git(folder, "init")
    assert run("scan", cwd=folder).stdout == expected


def test_paths_in_the_report_are_relative_to_the_current_folder(run, project):
    folder = project(models=MODELS)
    (folder / "deep" / "er").mkdir(parents=True)
    concise = ["scan", "--format", "concise"]
    assert "../../models.py:8:52" in run(*concise, "../..", cwd=folder / "deep" / "er").stdout
    assert "site/models.py:8:52" in run(*concise, folder, cwd=folder.parent).stdout


# Streams ----------------------------------------------------------------------------------------


def test_diff_has_stdout_for_itself(run, photo_site):
    done = run("apply", "--diff", cwd=photo_site)
    assert done.stdout.startswith("--- a/accounts/models.py\n+++ b/accounts/models.py\n@@ ")
    assert all(line[:1] in (" ", "-", "+", "@", "\\") for line in done.stdout.split("\n")[:-1])
    assert "In the diff: " in done.stderr
    assert "Next steps" in done.stderr


@pytest.mark.parametrize("command", [SCAN, DIFF, APPLY, ["rules"], ["explain", "IK201"]], ids=" ".join)
def test_no_colour_in_a_pipe(run, photo_site, command):
    done = run(*command, cwd=photo_site)
    assert b"\x1b" not in done.out + done.err


def test_colour_where_it_is_asked_for(run, photo_site):
    assert b"\x1b[" in run("scan", cwd=photo_site, env={"FORCE_COLOR": "1"}).out
    assert b"\x1b" not in run("apply", "--diff", cwd=photo_site, env={"FORCE_COLOR": "1"}).out


def test_report_fits_80_columns(run, photo_site):
    files = json.loads(run("scan", "--format", "json", cwd=photo_site).stdout)["files"]
    # Code to copy is not broken into lines.
    code = {line.strip() for file in files for f in file["findings"] for line in f["suggestion"].splitlines()}
    lines = run("scan", cwd=photo_site).stdout.splitlines()
    assert all(len(line) <= 80 for line in lines if line.strip() not in code)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-16"])
@pytest.mark.parametrize("command", [SCAN, DIFF, ["rules"], ["explain", "IK301"]], ids=" ".join)
def test_any_encoding_of_the_terminal_will_do(run, photo_site, command, encoding):
    done = run(*command, cwd=photo_site, env={"PYTHONIOENCODING": encoding})
    assert done.status in {0, 1}
    assert b"Traceback" not in done.err


def test_json_is_what_the_schema_says(run, photo_site):
    schema = json.loads(resources.files("ik_migrate.reports").joinpath("schema.json").read_text())
    (photo_site / "broken.py").write_text("import imagekit (")
    done = run("scan", "--format", "json", photo_site, "nowhere", cwd=photo_site)
    assert done.status == 2
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["nowhere", "broken.py"]
    report = json.loads(done.stdout)
    Draft202012Validator(schema).validate(report)
    assert report["version"] == 1
    assert report["summary"]["exit_status"] == 2
    assert [error["path"] for error in report["errors"]] == ["nowhere"]
    failed = [file["path"] for file in report["files"] if file["status"] == "failed"]
    assert failed == ["broken.py"]


def test_json_and_text_find_the_same(run, photo_site):
    report = json.loads(run("scan", "--format", "json", cwd=photo_site).stdout)
    text = run("scan", "--format", "concise", cwd=photo_site).stdout
    places = [
        f"{file['path']}:{finding['location']['line']}:{finding['location']['column']}: {finding['rule']['code']} "
        for file in report["files"]
        for finding in file["findings"]
    ]
    assert len(places) > 30
    assert [place for place in places if place not in text] == []


@needs_posix
@pytest.mark.parametrize("command", ["scan", "apply --diff", "rules", "explain IK101", "scan --format json"])
def test_reader_that_goes_away(start, photo_site, command):
    with start(*command.split(), cwd=photo_site) as process:
        process.stdout.close()
        assert process.stderr.read().count(b"Traceback") == 0
    assert process.returncode in {0, 1}


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize("command", ["scan", "apply --diff", "rules", "explain IK101", "scan --format json"])
def test_output_that_does_not_fit_on_the_disk(photo_site, command):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ik_migrate", *command.split()],
            cwd=photo_site,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


# Help -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help(run, option):
    done = run(option)
    assert (done.status, done.stderr) == (0, "")
    assert "Usage: ik-migrate [OPTIONS] COMMAND" in done.stdout
    assert "ik-migrate apply --diff         show the rewrites" in done.stdout
    assert STATUSES in done.stdout
    for name in ("scan", "apply", "rules", "explain"):
        assert re.search(rf"^  {name} +[A-Z][^.]*\.$", done.stdout, re.MULTILINE), name


@pytest.mark.parametrize("command", ["scan", "apply", "rules", "explain"])
def test_help_of_a_command(run, command):
    done = run(command, "-h")
    assert done.status == 0
    assert f"Usage: ik-migrate {command} " in done.stdout
    if command in {"scan", "apply"}:
        assert STATUSES in done.stdout


def test_version(run):
    done = run("--version")
    assert (done.status, done.stdout) == (0, f"ik-migrate, version {__version__}\n")


@pytest.mark.new_process
@pytest.mark.parametrize("arguments", ["--help", "scan -h", "scan", "apply --diff", "rules", "explain IK203", "oops"])
def test_module_is_the_same_as_the_script(run, photo_site, arguments):
    script = run(*arguments.split(), cwd=photo_site)
    assert run(*arguments.split(), cwd=photo_site, module=True) == script


# Interrupted ------------------------------------------------------------------------------------


@needs_posix
@pytest.mark.parametrize("command", ["scan", "apply"])
def test_interrupted_while_searching(start, project, tmp_path, command):
    folder = project(models=MODELS)
    (folder / ".git" / "objects").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    slow_git = tmp_path / "bin" / "git"
    slow_git.parent.mkdir()
    slow_git.write_text(f"#!/bin/sh\ntouch '{tmp_path}/searching'\nexec sleep 60\n")
    slow_git.chmod(0o755)
    path = f"{slow_git.parent}{os.pathsep}{os.environ['PATH']}"
    with start(command, cwd=folder, env={"PATH": path}, start_new_session=True) as process:
        while not (tmp_path / "searching").exists():
            assert process.poll() is None
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert out == b""
    assert err.startswith(b"Interrupted.")
    assert (b"Every file is either rewritten or unchanged" in err) == (command == "apply")
    assert b"Traceback" not in err
    assert (folder / "models.py").read_text() == MODELS


@needs_posix
def test_interrupted_while_writing(start, project, contents):
    folder = project(**{f"models_{number}": MODELS for number in range(60)})
    with start("apply", cwd=folder, start_new_session=True) as process:
        while process.poll() is None and (folder / "models_0.py").read_text() == MODELS:
            pass
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=120)
    assert process.returncode in {0, 130}
    assert b"Traceback" not in err
    after = contents(folder)
    assert len(after) == 61, "nothing is left lying about"
    assert {data for name, (data, _, _) in after.items() if name != "manage.py"} <= {MODELS.encode(), MIGRATED.encode()}


# The project's own code is never run ------------------------------------------------------------

TRIPWIRE = "open({marker!r}, 'a').write(__name__ + ' ')\nraise SystemExit('the project was run')\n"
OURS = ("codemods/__init__.py", "django/__init__.py", "imagekit/__init__.py", "settings.py", "tests/__init__.py")
EVERYBODYS = ("click.py", "libcst.py", "rich.py", "fissix.py", "packaging.py", "jinja2.py")
EVERYBODYS += ("json.py", "sitecustomize.py", "subprocess.py")


@pytest.fixture
def mined_project(project, tmp_path):
    """Makes a project in which each of the given modules leaves a mark when it is imported."""

    def mined_project(names):
        folder = project(models=MODELS)
        for name in names:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(TRIPWIRE.format(marker=str(tmp_path / "marker")))
        return folder

    return mined_project


@pytest.mark.new_process
@RUNS
@pytest.mark.parametrize("module", [False, True], ids=["script", "module"])
def test_nothing_of_the_current_folder_is_imported(run, mined_project, tmp_path, command, module):
    done = run(*command, cwd=mined_project(OURS + EVERYBODYS), module=module)
    assert not (tmp_path / "marker").exists(), (tmp_path / "marker").read_text()
    assert (done.status, "IK101" in done.stdout + done.stderr) == (0 if command is APPLY else 1, True)


@pytest.mark.parametrize("module", [False, True], ids=["script", "module"])
def test_codemods_and_django_on_the_python_path_are_not_imported(run, mined_project, tmp_path, module):
    done = run("scan", cwd=mined_project(OURS), module=module, env={"PYTHONPATH": "."})
    assert not (tmp_path / "marker").exists(), (tmp_path / "marker").read_text()
    assert (done.status, "IK101" in done.stdout) == (1, True)


# Cheap where there is nothing to do --------------------------------------------------------------


def imported_by(*arguments, cwd):
    """The modules that a run imports, by the names of their packages."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "ik_migrate", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}


@pytest.mark.parametrize("arguments", [("--help",), ("scan",), ("apply",), ("apply", "--diff")], ids=" ".join)
def test_nothing_to_do_imports_nothing_heavy(project, arguments):
    imported = imported_by(*arguments, cwd=project(urls="urlpatterns = []\n"))
    assert {"click", "ik_migrate"} <= imported
    assert imported.isdisjoint({"libcst", "rich", "fissix", "packaging", "jinja2", "django", "imagekit"})
    assert "multiprocessing" not in imported


def test_libcst_is_imported_only_to_rewrite(project):
    assert "libcst" not in imported_by("scan", cwd=project(models=MIGRATED))


def test_notices_are_nothing_to_do(run, project):
    done = run("scan", cwd=project(models=NOTICE_ONLY))
    assert done.status == 0, done.stdout
