"""What helps to apply with care: asked about each rewrite, only changed files, backups, a clean work tree, undoing."""

from __future__ import annotations

import json
import os
import re
import shutil

import pytest
from command import command_line
from terminal import run_on_terminal

from ik_migrate import api
from ik_migrate.engine.interactive import group_rewrites
from ik_migrate.model.options import Options

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFit


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFit(50, 50)], image_field='image')
    large = ImageSpecField([ResizeToFit(500, 500)], image_field='image', cache_to=lambda *parts: 'x')
    plain = ImageSpecField([ResizeToFit(5, 5)], image_field='image')
"""
FIELD = """\
from django.db import models
from imagekit.models import ImageSpecField


class Thing(models.Model):
    image = models.ImageField(upload_to='things')
    thumb = ImageSpecField([], image_field='image')
"""
MIGRATED = FIELD.replace("image_field=", "source=")
ODD_NAMES = ["plain.py", "with blank.py", "ünïcode.py", "-dash.py"] + (
    [] if os.name == "nt" else ['quote".py', "new\nline.py", "tab\t.py", "'; rm -rf x.py"]
)
needs_terminal = pytest.mark.skipif(os.name == "nt", reason="terminals of POSIX")


@pytest.fixture
def site(tmp_path, git):
    """A committed project of one file for each name."""

    def site(**files):
        folder = tmp_path / "site"
        folder.mkdir()
        git(folder, "init", "-q")
        for name, content in {"manage": "", **files}.items():
            (folder / f"{name}.py").write_text(content)
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", "before")
        return folder

    return site


@pytest.fixture
def ask(environment):
    """Runs ``apply --interactive`` on a terminal and types these answers."""

    def ask(folder, *answers, options=(), **more):
        return run_on_terminal(
            [*command_line(), "apply", "--interactive", *options],
            answers=[answer if answer == "\x03" else f"{answer}\n" for answer in answers],
            cwd=folder,
            env=environment(),
            **more,
        )

    return ask


# Asked about each rewrite -----------------------------------------------------------------------


@needs_terminal
def test_yes_and_no(ask, site):
    folder = site(models=MODELS)
    done = ask(folder, "y", "what?", "no", "YES", "n", "n", "y")
    changed = (folder / "models.py").read_text()
    assert done.status == 1
    assert "y  make this rewrite" in done.text, "what? brings the help"
    assert "ResizeToFit(50, 50, upscale=False)" in changed
    assert "[ResizeToFit(50, 50, upscale=False)], image_field='image'" in changed
    assert "[ResizeToFit(500, 500, upscale=False)]" in changed
    assert "plain = ImageSpecField([ResizeToFit(5, 5)], source='image')" in changed
    assert "not confirmed" in " ".join(done.text.split())


@needs_terminal
def test_what_is_asked_shows_the_code_and_what_becomes_of_it(ask, site):
    done = ask(site(models=FIELD), "y")
    question = done.text.partition("[?]: ")[0]
    assert "    models.py:7:32  image-field [safe]" in question
    assert "^^^^^^^^^^^^^^^^^^^" in question
    assert "-    thumb = ImageSpecField([], image_field='image')" in question
    assert "+    thumb = ImageSpecField([], source='image')" in question
    assert "(1/1) Rewrite?" in question
    assert done.status == 0


@needs_terminal
def test_all_changes_of_one_call_are_one_question(ask, site):
    call = "a = ImageSpecField([], image_field='image', cache_to=name, storage=other)"
    models = FIELD.replace("thumb = ImageSpecField([], image_field='image')", call) + (
        "\n\ndef name(instance, path, specname, extension):\n    return 'x.' + extension\n"
    )
    done = ask(site(models=models), "n", options=["--unsafe-fixes"])
    assert done.text.count("Rewrite?") == 1
    assert {"IK101", "IK104"} <= set(re.findall(r"IK\d+", done.text.partition("Rewrite?")[0]))


@needs_terminal
@pytest.mark.parametrize("answer", ["a", "s"])
def test_all_of_a_rule_in_all_files_without_another_question(ask, site, answer):
    folder = site(one=FIELD, two=FIELD)
    done = ask(folder, answer)
    assert done.text.count("Rewrite?") == 1
    expected = MIGRATED if answer == "a" else FIELD
    assert (folder / "one.py").read_text() == (folder / "two.py").read_text() == expected
    assert done.status == (0 if answer == "a" else 1)


@needs_terminal
def test_quit_writes_what_was_agreed_to(ask, site):
    folder = site(one=FIELD, three=FIELD, two=FIELD)
    done = ask(folder, "y", "q")
    assert [(folder / f"{name}.py").read_text() for name in ("one", "three", "two")] == [MIGRATED, FIELD, FIELD]
    assert done.status == 1


@needs_terminal
def test_interrupt_writes_nothing(ask, site, contents):
    folder = site(one=FIELD, two=FIELD)
    before = contents(folder)
    done = ask(folder, "y", "\x03")
    assert (done.status, contents(folder)) == (130, before)
    assert done.text.rstrip().endswith("Stopped. Nothing was written.")
    assert ask(folder, "y", "\x04").status == 130, "the end of input is no answer either"
    assert contents(folder) == before


@needs_terminal
def test_report_can_go_to_a_pipe(ask, site):
    done = ask(site(models=FIELD), "y", options=["--format", "json"], stdout_to_pipe=True)
    assert json.loads(done.stdout)["summary"]["applied"] == 1
    assert "Rewrite?" in done.text


def test_nobody_to_ask(run, site, contents):
    folder = site(models=FIELD)
    before = contents(folder)
    done = run("apply", "--interactive", cwd=folder)
    assert (done.status, done.stdout, contents(folder)) == (2, "", before)
    assert done.stderr.endswith("Error: --interactive needs a terminal.\n")


def test_each_rewrite_stands_on_its_own(photo_site):
    """Whatever is agreed to and refused: the file is Python, and what was refused is all that is left."""
    units = []

    def note(alone, number, total):
        units.append(alone.applied)
        return False

    nothing = api.scan([photo_site / "gallery"], Options(unsafe_fixes=True), base=photo_site, choose=note)
    assert not any(result.applied for result in nothing.results)
    assert len(units) > 10
    for half in (0, 1):
        turn = iter(range(len(units)))
        done = api.scan(
            [photo_site / "gallery"],
            Options(unsafe_fixes=True),
            base=photo_site,
            choose=lambda *_, half=half, turn=turn: next(turn) % 2 == half,
        )
        assert done.failed == ()
        applied = [finding for result in done.results for finding in result.applied]
        refused = [finding for result in done.results for finding in result.declined]
        expected = {finding for unit in units[half::2] for finding in unit}
        assert (set(applied), len(applied) + len(refused)) == (expected, sum(map(len, units)))


def test_findings_that_share_a_change_are_together(photo_site):
    results = api.scan([photo_site], base=photo_site).results
    for result in results:
        units = group_rewrites(result.applied)
        changes = [{change for f in unit for change in f.changes if hasattr(change, "call")} for unit in units]
        calls = [{change.call for change in unit} for unit in changes]
        assert all(a.isdisjoint(b) for i, a in enumerate(calls) for b in calls[i + 1 :])
        assert sorted(f for unit in units for f in map(id, unit)) == sorted(map(id, result.applied))


# Only changed files -----------------------------------------------------------------------------


def scanned(done):
    return {file["path"]: len(file["findings"]) for file in json.loads(done.stdout)["files"]}


def test_since_and_staged(run, site, git):
    folder = site(old=FIELD, edited=FIELD, staged=FIELD)
    (folder / "edited.py").write_text(FIELD + "\n")
    (folder / "staged.py").write_text(FIELD + "\n")
    git(folder, "add", "staged.py")
    (folder / "new.py").write_text(FIELD)
    (folder / ".gitignore").write_text("ignored.py\n")
    (folder / "ignored.py").write_text(FIELD)
    assert set(scanned(run("scan", "--format", "json", "--since", "HEAD", cwd=folder))) == {
        "edited.py",
        "new.py",
        "staged.py",
    }
    assert set(scanned(run("scan", "--format", "json", "--staged", cwd=folder))) == {"staged.py"}
    assert set(scanned(run("scan", "--format", "json", "--since=HEAD", "new.py", "old.py", cwd=folder))) == {"new.py"}
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "after")
    assert scanned(run("scan", "--format", "json", "--since", "HEAD", cwd=folder)) == {}
    assert len(scanned(run("scan", "--format", "json", "--since", "HEAD~1", cwd=folder))) == 3
    assert run("apply", "--staged", cwd=folder).status == 0
    assert (folder / "old.py").read_text() == FIELD


def test_changed_files_with_odd_names(run, site, git):
    folder = site(old=FIELD)
    for name in ODD_NAMES:
        (folder / name).write_text(FIELD)
    git(folder, "add", "-A")
    assert set(scanned(run("scan", "--format", "json", "--staged", cwd=folder))) == set(ODD_NAMES)
    inner = folder / "inner"
    inner.mkdir()
    done = run("apply", "--since", "HEAD", "..", cwd=inner)
    assert done.status == 0, done.stderr
    assert {(folder / name).read_text() for name in ODD_NAMES} == {MIGRATED}
    assert (folder / "old.py").read_text() == FIELD


@pytest.mark.skipif(os.name == "nt", reason="needs a symbolic link")
def test_changed_files_behind_a_link(run, site, tmp_path):
    folder = site(old=FIELD)
    (folder / "app").mkdir()
    (folder / "app" / "models.py").write_text(FIELD)
    (tmp_path / "link").symlink_to(folder / "app")
    assert set(scanned(run("scan", "--format", "json", "--since", "HEAD", "link", cwd=tmp_path))) == {"link/models.py"}


def test_changed_files_are_understood_in_the_whole_project(run, site):
    """The base class stands in a file that was not changed."""
    base = "from imagekit.models import ImageSpecField\n\n\nclass Thumbnail(ImageSpecField):\n    pass\n"
    folder = site(fields=base)
    (folder / "models.py").write_text(
        "from fields import Thumbnail\n\n" + FIELD.replace("ImageSpecField([]", "Thumbnail([]")
    )
    run("apply", "--since", "HEAD", cwd=folder)
    assert "Thumbnail([], source='image')" in (folder / "models.py").read_text()


def test_hook_looks_at_the_index_of_its_commit(site, git, environment):
    """``git commit FILE`` makes an index of its own, which the hook is told of."""
    folder = site(one="", two="")
    (folder / "one.py").write_text(FIELD)
    (folder / "two.py").write_text(FIELD)
    git(folder, "add", "two.py")
    hook = folder / ".git" / "hooks" / "pre-commit"
    command = " ".join(f"'{part}'" for part in command_line())
    hook.write_text(f"#!/bin/sh\nexec {command} scan --staged --format json >.git/report.json\n")
    hook.chmod(0o755)
    assert git(folder, "commit", "-qm", "one only", "one.py", check=False).status == 1
    report = json.loads((folder / ".git" / "report.json").read_text())
    assert [file["path"] for file in report["files"]] == ["one.py"]


@pytest.mark.parametrize(
    ("revision", "message"),
    [
        ("nope", "bad revision 'nope'"),
        ("HEAD..HEAD", "'HEAD..HEAD' is not one revision; a branch, a tag or a commit is"),
        ("--staged", "'--staged' is not one revision; a branch, a tag or a commit is"),
    ],
)
def test_no_such_revision(run, site, contents, revision, message):
    folder = site(models=FIELD)
    before = contents(folder)
    done = run("apply", "--since", revision, cwd=folder)
    assert (done.status, contents(folder)) == (2, before)
    assert done.stderr.splitlines()[-1] == f"Error: --since: {message}"


@pytest.mark.parametrize("options", [("--since", "HEAD"), ("--staged",), ("--require-clean",)], ids=" ".join)
def test_not_in_git(run, tmp_path, options):
    (tmp_path / "models.py").write_text(FIELD)
    done = run("apply", *options, cwd=tmp_path)
    assert done.status == 2
    assert done.stderr.splitlines()[-1] == f"Error: {options[0]}: . is not in a git work tree"
    assert (tmp_path / "models.py").read_text() == FIELD


# Backups ----------------------------------------------------------------------------------------


def test_backup(run, site):
    folder = site(models=FIELD, other="pass\n")
    (folder / "models.py").chmod(0o640)
    done = run("apply", "--backup", ".bak", cwd=folder)
    assert done.status == 0, done.stdout
    assert (folder / "models.py").read_text() == MIGRATED
    assert (folder / "models.py.bak").read_text() == FIELD
    assert not (folder / "other.py.bak").exists()
    if os.name != "nt":
        assert (folder / "models.py.bak").stat().st_mode & 0o777 == 0o640
    assert scanned(run("scan", "--format", "json", cwd=folder)).keys() == {"models.py"}


def test_backup_is_never_written_over(run, site):
    folder = site(models=FIELD, other=FIELD)
    (folder / "models.py.bak").write_text("mine")
    (folder / "other.py.bak").write_text(FIELD)
    done = run("apply", "--backup", ".bak", cwd=folder)
    assert done.status == 2
    assert "models.py.bak is there already" in done.stdout
    assert (folder / "models.py.bak").read_text() == "mine"
    assert (folder / "models.py").read_text() == FIELD
    assert (folder / "other.py").read_text() == MIGRATED, "the same backup will do"


@pytest.mark.skipif(os.name == "nt", reason="POSIX")
def test_file_that_is_not_written_leaves_no_backup(run, site):
    folder = site(models=FIELD)
    (folder / "models.py").chmod(0o444)
    done = run("apply", "--backup", "~", cwd=folder)
    assert done.status == 2
    assert not (folder / "models.py~").exists()


@pytest.mark.parametrize("suffix", ["", ".1", ".py", "/x.bak"])
def test_suffix_that_will_not_do(run, site, contents, suffix):
    folder = site(models=FIELD)
    before = contents(folder)
    done = run("apply", "--backup", suffix, cwd=folder)
    assert (done.status, done.stdout, contents(folder)) == (2, "", before)
    assert f"Error: Invalid value for '--backup': {suffix!r}: " in done.stderr


# What is not committed --------------------------------------------------------------------------


def test_require_clean(run, site, git):
    folder = site(models=FIELD)
    for spoil, restore in (
        (lambda: (folder / "notes.txt").write_text("x"), lambda: (folder / "notes.txt").unlink()),
        (lambda: (folder / "manage.py").write_text("x"), lambda: git(folder, "checkout", "--", "manage.py")),
    ):
        spoil()
        done = run("apply", "--require-clean", cwd=folder)
        assert done.status == 2
        assert re.search(
            r"Error: --require-clean: uncommitted changes: .*(notes.txt|manage.py)\. Commit or stash them first\.",
            done.stderr,
        )
        assert (folder / "models.py").read_text() == FIELD
        restore()
    (folder / "notes.txt").write_text("x")
    git(folder, "stash", "-u")
    assert run("apply", "--require-clean", cwd=folder).status == 0
    assert (folder / "models.py").read_text() == MIGRATED


def test_clean_tree_needs_no_advice(run, site):
    done = run("apply", cwd=site(models=FIELD))
    assert (done.status, done.stderr) == (0, "")


def commands(done):
    """The commands that the advice gives."""
    return [line.strip() for line in done.stderr.splitlines() if re.match("  (git|mv) ", line)]


def test_advice_brings_back_what_was_there(run, site, git, environment, contents):
    folder = site(clean=FIELD, staged=FIELD, edited="# 1\n" * 9 + FIELD, other="")
    (folder / "staged.py").write_text("# staged\n" + FIELD)
    git(folder, "add", "staged.py")
    (folder / "edited.py").write_text("# mine\n" + "# 1\n" * 8 + FIELD)
    (folder / "other.py").write_text("# mine too\n")
    before = {name: data for name, (data, _, _) in contents(folder).items()}
    done = run("apply", cwd=folder)
    assert done.status == 0
    restore, pieces = commands(done)
    assert restore == "git checkout -- clean.py staged.py"
    assert pieces == "git checkout -p -- edited.py"
    git(folder, *restore.split()[1:])
    # The hunks come in the order of the file: the user's own first.
    git(folder, *pieces.split()[1:], data=b"n\ny\n")
    assert {name: data for name, (data, _, _) in contents(folder).items()} == before


def test_advice_for_a_work_tree_that_one_is_not_in(run, site, git, tmp_path):
    folder = site(clean=FIELD, other="")
    (folder / "other.py").write_text("# mine\n")
    (restore,) = commands(run("apply", folder, cwd=tmp_path))
    assert restore == "git -C site checkout -- clean.py"
    git(tmp_path, *restore.split()[1:])
    assert (folder / "clean.py").read_text() == FIELD


def test_advice_for_files_that_git_does_not_know(run, site):
    folder = site(clean=FIELD)
    (folder / "new").mkdir()
    (folder / "new" / "it is.py").write_text(FIELD)
    (folder / ".gitignore").write_text("ignored.py\n")
    (folder / "ignored.py").write_text(FIELD)
    outside = folder.parent / "outside.py"
    outside.write_text(FIELD)
    done = run("apply", "clean.py", "new", "ignored.py", outside, cwd=folder)
    assert commands(done) == ["git checkout -- clean.py"]
    assert "These files are untracked" in done.stderr
    assert "  ignored.py 'new/it is.py'\n" in done.stderr
    assert "The rewrite of 1 file outside git cannot be undone." in done.stderr


def test_advice_with_backups(run, site, environment):
    folder = site(clean=FIELD)
    (folder / "-new one.py").write_text(FIELD)
    done = run("apply", "--backup", ".bak", cwd=folder)
    (_, move) = commands(done)
    assert move == "mv -- '-new one.py.bak' '-new one.py'"
    if shutil.which("sh"):
        import subprocess

        subprocess.run(["sh", "-c", move], cwd=folder, check=True)
        assert (folder / "-new one.py").read_text() == FIELD


# Options that don't go together -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--diff --interactive", "--interactive cannot be used with --diff, which writes no file."),
        ("--diff --backup .bak", "--backup cannot be used with --diff, which writes no file."),
        ("--diff --require-clean", "--require-clean cannot be used with --diff, which writes no file."),
        ("--since HEAD --staged", "--since and --staged exclude each other."),
        ("--quiet --verbose", "--quiet and --verbose exclude each other."),
        (
            "- --stdin-filename x.py --interactive",
            "--interactive cannot be used with standard input, which writes no file.",
        ),
        ("- --stdin-filename x.py --staged", "'-' cannot be used with --since or --staged."),
        ("- --stdin-filename x.py y.py", "'-' stands for standard input and must be the only path."),
        ("-", "'-' needs --stdin-filename PATH, the file that it stands for."),
        ("--stdin-filename x.py", "--stdin-filename needs '-' as the only path."),
        ("- --stdin-filename .", "--stdin-filename: . is a folder."),
        (
            "- --stdin-filename x.py --format json",
            "standard output is used for the file. Write the report with --output FORMAT=FILE.",
        ),
    ],
)
def test_options_that_exclude_each_other(run, site, contents, arguments, message):
    folder = site(models=FIELD)
    before = contents(folder)
    done = run("apply", *arguments.split(), cwd=folder)
    assert (done.status, done.stdout, contents(folder)) == (2, "", before)
    assert done.stderr.splitlines()[-1] == f"Error: {message}"
