"""A project that nobody has vouched for: nothing of it is run, nothing outside of it is written."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys

import pytest
from command import command_line

from ik_migrate import api
from ik_migrate.engine import process_executor as pool
from ik_migrate.engine import registry
from ik_migrate.files.work_tree import GitError, uncommitted
from ik_migrate.model.errors import IkMigrateError
from ik_migrate.model.options import Options
from ik_migrate.rules import ModuleCheck, TextCheck

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')
"""
MIGRATED = MODELS.replace("image_field=", "source=")
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files and no such shell")


@pytest.fixture
def site(tmp_path):
    """A project with one model."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "manage.py").write_text("")
    (folder / "models.py").write_text(MODELS)
    return folder


@pytest.fixture
def env(tmp_path):
    """An environment in which git trusts work trees of others, as in many containers."""
    config = tmp_path / "gitconfig"
    config.write_text("[safe]\n\tdirectory = *\n[user]\n\tname = Tester\n\temail = tester@example.com\n")
    return {"GIT_CONFIG_GLOBAL": str(config), "GIT_CONFIG_NOSYSTEM": "1"}


# Nothing of the project is run -------------------------------------------------------------------


@pytest.mark.new_process
@pytest.mark.parametrize("module", [True, False], ids=["python -m", "console script"])
def test_no_module_of_the_project_is_imported(run, site, tmp_path, module):
    """Whatever the file is called, and whatever would import it."""
    ran = tmp_path / "ran"
    trap = f"open({str(ran)!r}, 'w').close()\n"
    names = "sitecustomize usercustomize libcst click rich fissix ast re json pathlib conftest setup manage settings"
    names += " packaging jinja2 markupsafe typing __future__ dataclasses tempfile tomllib encodings"
    for name in names.split():
        (site / f"{name}.py").write_text(trap + MODELS)
    for name in ("imagekit", "django", "yaml", *([] if module else ["ik_migrate"])):
        (site / name).mkdir()
        (site / name / "__init__.py").write_text(trap)
    (site / "pyvenv.cfg").write_text("home = .\n")
    for arguments in (["scan", "--format", "json"], ["apply", "--diff", "--jobs", "2"], ["apply", "--jobs", "2"]):
        done = run(*arguments, cwd=site, module=module)
        assert not ran.exists(), arguments
        assert not done.stderr or arguments[1] == "--diff" or "cannot be undone" in done.stderr, done.stderr
    assert (site / "libcst.py").read_text() == trap + MIGRATED


# Nothing outside of the project is written -------------------------------------------------------


@posix
def test_link_out_of_the_project_is_not_written_through(run, site, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "shared.py").write_text(MODELS)
    (site / "linked.py").symlink_to(outside / "shared.py")
    (site / "app").symlink_to(outside)
    done = run("apply", cwd=site)
    assert done.status == 2
    assert "linked.py it is a link to " in " ".join(done.stdout.split())
    assert (outside / "shared.py").read_text() == MODELS
    assert (site / "models.py").read_text() == MIGRATED
    assert run("apply", "site/linked.py", "site/app/shared.py").status == 2
    assert (outside / "shared.py").read_text() == MODELS
    assert run("apply", "site/app").status == 0, "the folder that was asked for is where the link leads"
    assert (outside / "shared.py").read_text() == MIGRATED


@pytest.mark.parametrize("place", [".", "..", "../victim", "loop", "loop/loop"])
def test_submodule_that_is_elsewhere(run, git, site, tmp_path, place):
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "models.py").write_text(MODELS)
    for folder in (site, victim):
        git(folder, "init", "-q")
    (site / "loop").symlink_to(".")
    (site / ".gitmodules").write_text(f'[submodule "a"]\n\tpath = {place}\n')
    done = run("apply", cwd=site)
    assert done.status == 0, done.stderr
    assert (site / "models.py").read_text() == MIGRATED
    assert (victim / "models.py").read_text() == MODELS


# Files that are none, and names that are hard to say ---------------------------------------------


@posix
def test_pipes_and_devices_hold_nothing_up(run, site):
    os.mkfifo(site / "imagekit.py")
    os.mkfifo(site / "pyproject.toml")
    assert run("apply", cwd=site).status == 0
    for path in (site / "imagekit.py", "/dev/zero"):
        done = run("scan", path)
        assert done.status == 2
        assert "not a file or folder" in done.stdout


@posix
@pytest.mark.parametrize("name", ["a\nb.py", "\x1b[31mred.py", "'\"`$(touch x).py", "\u202egnp.py", b"\xff\xfe.py"])
def test_names_can_not_take_the_terminal_over(run, git, site, env, name):
    path = os.path.join(os.fsencode(site), os.fsencode(name))
    try:
        with open(path, "w") as stream:
            stream.write(MODELS)
    except OSError:
        pytest.skip("the file system has no such names")
    git(site, "init", "-q")
    git(site, "add", "-A")
    git(site, "commit", "-qm", "x")
    with open(path, "a") as stream:
        stream.write("# not committed\n")
    for arguments in (["scan", "--verbose"], ["apply"]):
        done = run(*arguments, cwd=site, env=env)
        said = done.stdout + done.stderr
        assert all(line.isprintable() for line in said.split("\n")), said
        assert "\u202e" not in said
    with open(path) as stream:
        assert stream.read() == MIGRATED + "# not committed\n"


# Surroundings ------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("what", ["exit 3", "kill -9 $$", "echo fatal: detected dubious ownership >&2; exit 128"])
def test_git_that_does_not_work(run, git, site, tmp_path, what):
    git(site, "init", "-q")
    broken = tmp_path / "bin"
    broken.mkdir()
    (broken / "git").write_text(f"#!/bin/sh\n{what}\n")
    (broken / "git").chmod(0o755)
    done = run("apply", cwd=site, env={"PATH": f"{broken}{os.pathsep}{os.environ['PATH']}"})
    assert done.status == 0
    assert done.stderr.startswith("git could not list the files of ")
    assert (site / "models.py").read_text() == MIGRATED


@posix
def test_git_that_gives_no_answer(git, site, monkeypatch, tmp_path):
    git(site, "init", "-q")
    slow = tmp_path / "bin"
    slow.mkdir()
    (slow / "git").write_text("#!/bin/sh\nexec sleep 60\n")
    (slow / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("ik_migrate.files.git.LIMIT_SECONDS", 0.1)
    (remark,) = api.apply([site], base=site).remarks
    assert "git did not answer within 0.1 seconds" in remark
    assert (site / "models.py").read_text() == MIGRATED
    with pytest.raises(GitError, match="did not answer within"):
        uncommitted([site])


@posix
@pytest.mark.parametrize("command", ["scan", "apply --diff", "--help", "apply"])
def test_output_that_goes_nowhere(environment, site, command):
    """A full disk is an error, output that nobody wants is none; never is there a traceback."""
    full = {">/dev/full": {2}, ">/dev/full 2>&1": {2}} if os.path.exists("/dev/full") else {}
    for redirection, statuses in {**full, ">&-": {0, 1}, "2>&-": {0, 1}}.items():
        (site / "models.py").write_text(MODELS)
        done = subprocess.run(
            ["sh", "-c", f'"$@" {redirection}', "sh", *command_line(), *command.split()],
            cwd=site,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in statuses, (redirection, done)
        assert "Traceback" not in done.stderr
    assert (site / "models.py").read_text() == (MIGRATED if command == "apply" else MODELS)


@posix
@pytest.mark.parametrize("arguments", [["-m", "ik_migrate"], ["-c", "from ik_migrate.cli import main; main()"]])
def test_current_folder_that_was_removed(environment, site, tmp_path, arguments):
    gone = tmp_path / "gone"
    gone.mkdir()
    command = [sys.executable, *arguments, "scan"]
    done = subprocess.run(
        ["sh", "-c", 'rmdir "$PWD" && exec "$@"', "sh", *command],
        cwd=gone,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ") and len(done.stderr.splitlines()) == 1


@posix
def test_system_that_lets_no_process_start(site, monkeypatch):
    (site / "other.py").write_text(MODELS)

    def refuse(*arguments, **options):
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(pool.subprocess, "Popen", refuse)
    with pytest.raises(IkMigrateError, match="Use --jobs 1"):
        api.scan([site], Options(jobs=2))


@posix
def test_reader_that_has_seen_enough(start, site):
    for number in range(50):
        (site / f"models{number}.py").write_text(MODELS * 20)
    with start("scan", cwd=site) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode in {1, 2, 141, -13}


@posix
@pytest.mark.parametrize(
    "changes",
    [
        {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONWARNINGS": "error", "PYTHONDEVMODE": "1"},
        {"PYTHONOPTIMIZE": "2"},
        {"TMPDIR": "/nonexistent", "HOME": "/nonexistent"},
        {"COLUMNS": "0", "TERM": ""},
    ],
    ids=["ascii", "warnings", "optimized", "no folders", "no terminal"],
)
def test_odd_environments(run, site, changes):
    (site / "models.py").write_text("# Größe \U0001f600\n" + MODELS.replace("small", "größe"), "utf-8")
    for arguments in (["scan", "--jobs", "2"], ["apply", "--diff"], ["apply"]):
        done = run(*arguments, cwd=site, env=changes)
        assert b"Traceback" not in done.err and b"Warning" not in done.err, done.err
    assert done.status == 0, done.out
    assert "größe = ImageSpecField([ResizeToFill(50, 50)], source=" in (site / "models.py").read_text("utf-8")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements/base.txt"])
def test_requirements_in_utf16(run, git, site, name):
    """PowerShell writes them so, and a search for bytes sees nothing in them."""
    path = site / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes("Django==1.5\r\ndjango-imagekit==2.0.4\r\n".encode("utf-16"))
    (site / "notes.txt").write_bytes("nothing".encode("utf-16"))
    for in_git in (False, True):
        if in_git:
            git(site, "init", "-q")
        done = run("scan", cwd=site)
        assert done.status == 2
        assert f"{name} it is UTF-16 and names ImageKit. Save it as UTF-8" in " ".join(done.stdout.split())
        assert "notes.txt" not in done.stdout
    assert run("scan", "--exclude", name, cwd=site).status == 1


# Files that are too much -------------------------------------------------------------------------

DEEP = 10_000
NESTED = {
    "brackets": "x = " + "(" * DEEP + ")" * DEEP,
    "open brackets": "x = " + "([{" * DEEP,
    "calls": "x = " + "f(" * DEEP + ")" * DEEP,
    "signs": "x = " + "-" * DEEP + "1",
    "attributes": "x = a" + ".a" * DEEP,
    "sum": "x = " + "a + " * DEEP + "a",
    "text": "x = " + "'a' + " * DEEP + "'a'",
    "lambdas": "x = " + "lambda: " * DEEP + "1",
    "elif": "if a: pass\n" + "elif a: pass\n" * DEEP,
    "blocks": "\n".join(" " * depth + "if a:" for depth in range(1000)) + "\n" + " " * 1000 + "pass",
    "python 2": "print " + "a + " * DEEP + "a",
    "python 2 brackets": "print " + "(" * DEEP + ")" * DEEP,
    "in the call": MODELS.replace("'image'", "a" + ".a" * DEEP),
    "null bytes": "x = 'a\0b'",
    "utf-16": "x = 1".encode("utf-16").decode("latin-1"),
}


@pytest.mark.parametrize("text", NESTED.values(), ids=NESTED)
def test_file_that_is_too_much(site, text):
    """It is rewritten if this Python can read it, or said to be left; the others are done in any case."""
    before = (MODELS + text + "\n").encode("latin-1")
    (site / "deep.py").write_bytes(before)
    report = api.apply([site], base=site)
    after = (site / "deep.py").read_bytes()
    if report.failed:
        ((path, reason),) = report.failed
        assert path == "deep.py" and len(reason) < 300
        assert after == before
    else:
        assert after == before.replace(b"image_field=", b"source=")
    assert (site / "models.py").read_text() == MIGRATED


# Faults of our own -------------------------------------------------------------------------------


@pytest.fixture
def failing(monkeypatch):
    """Lets part of the tool fail over every file of one name."""

    def failing(owner, attribute, name):
        whole = getattr(owner, attribute)

        def fail(*arguments, **options):
            if any(name in str(getattr(given, "path", given)) for given in arguments):
                raise ZeroDivisionError("division by\nzero")
            return whole(*arguments, **options)

        monkeypatch.setattr(owner, attribute, fail)

    return failing


PARTS = [
    "ik_migrate.engine.file_facts.facts_of",
    "ik_migrate.engine.rewrite.rewrite",
    "ik_migrate.engine.parsed_file.findings_of",
]


@pytest.mark.parametrize("part", PARTS)
def test_fault_over_one_file(site, failing, capfd, monkeypatch, part):
    owner, _, attribute = part.rpartition(".")
    (site / "bad.py").write_text(MODELS)
    api.scan([site], base=site)
    failing(sys.modules[owner], attribute, "bad.py")
    report = api.scan([site], base=site)
    ((path, reason),) = report.failed
    assert path == "bad.py"
    assert reason.startswith("ik-migrate failed (ZeroDivisionError: division by")
    assert capfd.readouterr() == ("", "")
    monkeypatch.setenv("IK_MIGRATE_DEBUG", "1")
    report = api.apply([site], base=site)
    assert report.exit_status == 2
    assert "Traceback" in capfd.readouterr().err
    assert (site / "bad.py").read_text() == MODELS
    assert (site / "models.py").read_text() == MIGRATED


def test_rule_that_fails(site, monkeypatch):
    """The rule is named, be it for Python or for other files."""

    def fail(file):
        if file.path.name == "bad.py" if hasattr(file, "text") else file.path.endswith(".txt"):
            raise ZeroDivisionError("division by zero")
        return []

    (site / "bad.py").write_text(MODELS)
    (site / "requirements.txt").write_text("django-imagekit==2.0.4\n")
    rule = registry.rules()["IK101"]
    bad = (ModuleCheck((rule,), fail), TextCheck((rule,), fail))
    monkeypatch.setattr("ik_migrate.engine.parsed_file.checks", lambda: (*registry.checks(), *bad))
    report = api.apply([site], base=site)
    assert [path for path, _ in report.failed] == ["bad.py", "requirements.txt"]
    for _, reason in report.failed:
        assert reason.startswith("rule IK101 failed (ZeroDivisionError: division by zero). The file is unchanged")
    assert (site / "models.py").read_text() == MIGRATED


def test_rewrite_that_is_no_python(site, monkeypatch):
    (site / "bad.py").write_text(MODELS + "bad = 1\n")
    api.scan([site], base=site)
    from ik_migrate.engine import rewrite

    whole = rewrite.rewrite
    monkeypatch.setattr(rewrite, "rewrite", lambda *given: whole(*given).replace("bad = 1", "bad = = 1"))
    report = api.apply([site], Options(), base=site)
    ((path, reason),) = report.failed
    assert path == "bad.py"
    assert "would not be Python any more" in reason
    assert (site / "bad.py").read_text() == MODELS + "bad = 1\n"
    assert (site / "models.py").read_text() == MIGRATED


# With and without git ----------------------------------------------------------------------------


@posix
def test_same_report_with_and_without_git(run, git, site, tmp_path):
    """Links out of the project, which git does not search, and files too large to be looked into."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "shared.py").write_text(MODELS)
    (site / "other.py").symlink_to("models.py")
    (site / "tracked.py").symlink_to(outside / "shared.py")
    for name in ("huge.py", "disk.img", "dump.sql"):
        (site / name).write_text(MODELS + ("-" * 70_000 if name == "dump.sql" else ""))
        os.truncate(site / name, 65 * 1024 * 1024)
    walked = run("scan", cwd=site)
    git(site, "init", "-q")
    git(site, "add", "tracked.py", "models.py")
    searched = run("scan", cwd=site)
    for done in (walked, searched):
        assert done.status == 2
        assert "huge.py\n    cannot read it: it is larger than 64 MB" in done.stdout
        assert "dump.sql" in done.stdout
        assert "disk.img" not in done.stdout
        assert "tracked.py  IK101 " in done.stdout
        assert "other.py" not in done.stdout
    named = run("scan", "huge.py", cwd=site)
    assert named.status == 2
    assert "it is larger than 64 MB" in named.stdout


@posix
def test_unreadable_file_is_named(run, site):
    """Reading it fails, not opening it; that error names no file."""
    if not os.path.exists("/proc/self/mem"):
        pytest.skip("there is no such file here")
    (site / "memory.py").symlink_to("/proc/self/mem")
    done = run("scan", cwd=site)
    assert done.status == 2
    assert "memory.py\n    Input/output error" in done.stdout


def test_package_is_imported_before_the_file_of_its_name(run, site):
    """As left behind when ``images.py`` became a package."""
    (site / "images.py").write_text("Thumb = None\n")
    (site / "images").mkdir()
    (site / "images" / "__init__.py").write_text("from imagekit.models import ImageSpecField as Thumb\n")
    (site / "models.py").write_text(
        MODELS.replace("imagekit.models import ImageSpecField", "images import Thumb as ImageSpecField")
    )
    done = run("apply", cwd=site)
    assert done.status == 0, done.stdout
    assert "small = ImageSpecField([ResizeToFill(50, 50)], source='image')" in (site / "models.py").read_text()


@posix
def test_what_git_says_need_not_be_the_name_of_a_file(run, git, site, tmp_path):
    """Some wrappers of git talk before they start it."""
    git(site, "init", "-q")
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(
        f"#!/bin/sh\nhead -c 100000 /dev/zero | tr '\\0' x\nprintf '\\0'\nexec {shutil.which('git')} \"$@\"\n"
    )
    wrapper.chmod(0o755)
    done = run("scan", cwd=site, env={"PATH": f"{wrapper.parent}:{os.environ['PATH']}"})
    assert done.status == 1, done.stderr
    assert "models.py  IK101 " in done.stdout
    wrapper.write_text("#!/bin/sh\nhead -c 100000 /dev/zero | tr '\\0' x >&2\nexit 3\n")
    failed = run("scan", cwd=site, env={"PATH": f"{wrapper.parent}:{os.environ['PATH']}"})
    assert failed.status == 1
    assert "git could not list the files" in failed.stderr
    assert len(failed.stderr) < 2_000


def test_repositories_within_that_are_no_submodules_are_told(run, git, site):
    git(site, "init", "-q")
    for name in ("known", "unknown"):
        inner = site / "lib" / name
        inner.mkdir(parents=True)
        (inner / "models.py").write_text(MODELS)
        git(inner, "init", "-q")
        git(inner, "add", "-A")
        git(inner, "commit", "-qm", "x")
    git(site, "add", "lib/known")
    done = run("scan", cwd=site)
    assert "Skipped folders\n  lib/known, lib/unknown\n" in done.stdout
    assert "lib" not in run("scan", "models.py", cwd=site).stdout
