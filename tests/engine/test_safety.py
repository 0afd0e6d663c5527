"""A file is rewritten whole and right, or left byte for byte as it was."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import stat
import subprocess
import time

import pytest

from ik_migrate import api
from ik_migrate.files.writing import ChangedOnDisk, new_file, replace_file

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')
"""
MIGRATED = MODELS.replace("image_field=", "source=")


@pytest.fixture
def site(tmp_path):
    """An empty project."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "manage.py").write_text("")
    return folder


# Bytes that are not ours to change ---------------------------------------------------------------

CAFE = MODELS.replace("class Photo", "# Café\nclass Photo")
BYTES = {
    "latin-1 by its cookie": ("# -*- coding: latin-1 -*-\n" + CAFE).encode("latin-1"),
    "cookie in the second line": ("#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n" + CAFE).encode("cp1252"),
    "utf-8 with a byte order mark": b"\xef\xbb\xbf" + CAFE.encode(),
    "crlf": CAFE.replace("\n", "\r\n").encode(),
    "cr": CAFE.replace("\n", "\r").encode(),
    "mixed newlines": CAFE.replace("\n", "\r\n", 4).replace("photos')\n", "photos')\r").encode(),
    "form feed": CAFE.replace("\n\n\n", "\n\n\f\n").encode(),
    "tabs": CAFE.replace("    ", "\t").encode(),
    "no newline at the end": CAFE.rstrip("\n").encode(),
    "blanks at the ends of lines": CAFE.replace("\n", "  \n").encode(),
    "blank lines at the end": (CAFE + "\n\n\n").encode(),
    "other line breaks of Unicode": CAFE.replace("# Café", "# \x0b\x1c\x85\u2028").encode(),
    "python 2": ("print 'a', 0777, ur'b', `1`\n" + MODELS.replace("'photos'", "u'photos'")).encode(),
}


@pytest.mark.parametrize("before", BYTES.values(), ids=BYTES)
def test_all_else_stays_byte_for_byte(run, site, before):
    (site / "models.py").write_bytes(before)
    done = run("apply", cwd=site)
    assert done.status == 0, done.stdout
    assert (site / "models.py").read_bytes() == before.replace(b"image_field=", b"source=")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_new_lines_end_as_the_others_do(run, site, newline):
    models = MODELS.replace("[ResizeToFill(50, 50)]", "lambda instance, file: [ResizeToFill(50, 50)]")
    (site / "models.py").write_bytes(models.replace("\n", newline).encode())
    assert run("apply", cwd=site).status == 0
    after = (site / "models.py").read_bytes().decode()
    assert "class PhotoSmall(LegacySpec):" in after
    assert after.replace(newline, "").isprintable()
    support = (site / "imagekit_support.py").read_bytes().decode()
    assert "class LegacySpec(ImageSpec):" in support
    assert support.replace("\n" if newline == "\r" else newline, "").isprintable()


@pytest.mark.parametrize("mode", [0o755, 0o644, 0o600, 0o664])
def test_mode_stays(run, site, mode):
    script = site / "models.py"
    script.write_text("#!/usr/bin/env python\n" + MODELS)
    script.chmod(mode)
    assert run("apply", cwd=site).status == 0
    assert "source=" in script.read_text()
    assert stat.S_IMODE(script.stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_owner_stays_when_root_applies(run, site):
    (site / "models.py").write_text(MODELS)
    os.chown(site / "models.py", 12345, 23456)
    os.utime(site / "models.py", (1, 2))
    assert run("apply", "--backup", ".bak", cwd=site).status == 0
    backup = (site / "models.py.bak").stat()
    for status in ((site / "models.py").stat(), backup):
        assert (status.st_uid, status.st_gid) == (12345, 23456)
    assert backup.st_mtime == 2


# Links -------------------------------------------------------------------------------------------


def test_link_is_followed_and_stays_a_link(run, site):
    shared = site / "shared"
    shared.mkdir()
    (shared / "models.in").write_text(MODELS)
    (site / "models.py").symlink_to("shared/models.in")
    done = run("apply", "site/models.py")
    assert done.status == 0, done.stdout
    assert os.readlink(site / "models.py") == "shared/models.in"
    assert (shared / "models.in").read_text() == MIGRATED
    assert not (shared / "models.in").is_symlink()


def test_other_names_of_a_file_are_told(run, site):
    """A copy of hard links, ``cp -al``, is a usual backup: it stays as it is."""
    (site / "models.py").write_text(MODELS)
    os.link(site / "models.py", site / "models.bak")
    done = run("apply", cwd=site)
    assert done.status == 0, done.stdout
    assert "models.py\n    it had one other name (hard links): there, the old text remains." in done.stdout
    assert (site / "models.py").read_text() == MIGRATED
    assert (site / "models.bak").read_text() == MODELS


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="there are no extended attributes here")
def test_extended_attributes_stay(run, site):
    path = site / "models.py"
    path.write_text(MODELS)
    try:
        os.setxattr(path, "user.origin", b"svn")
    except OSError:
        pytest.skip("the file system has no extended attributes")
    assert run("apply", cwd=site).status == 0
    assert path.read_text() == MIGRATED
    assert os.getxattr(path, "user.origin") == b"svn"


@pytest.mark.parametrize("link", ["a.py", "z.py"])
def test_file_and_link_to_it_are_one(run, site, link):
    (site / "models.py").write_text(MODELS)
    (site / link).symlink_to("models.py")
    done = run("apply", cwd=site)
    assert done.status == 0, done.stdout
    assert f"{link}:" not in done.stdout
    assert (site / link).is_symlink()
    assert (site / "models.py").read_text() == MIGRATED


def test_notices_are_not_lost_with_the_link(run, site):
    """They are said once for the project; a link before the file is not the place."""
    (site / "models.py").write_text(MODELS)
    alone = run("scan", "--format", "json", cwd=site)
    (site / "a.py").symlink_to("models.py")
    linked = run("scan", "--format", "json", cwd=site)
    assert json.loads(linked.stdout)["files"] == json.loads(alone.stdout)["files"]


def test_file_that_its_link_says_to_be_python(run, site):
    (site / "shared.in").write_text(MODELS)
    (site / "models.py").symlink_to("shared.in")
    done = run("apply", cwd=site)
    assert done.status == 0, done.stdout
    assert (site / "models.py").is_symlink()
    assert (site / "shared.in").read_text() == MIGRATED


def test_links_that_lead_nowhere_or_in_circles(run, site):
    (site / "models.py").write_text(MODELS)
    (site / "nowhere.py").symlink_to("imagekit.py")
    (site / "circle.py").symlink_to("circle.py")
    (site / "loop").symlink_to(".")
    done = run("apply", cwd=site)
    assert done.status == 0, done.stdout
    assert (site / "models.py").read_text() == MIGRATED


# Somebody else at the same file ------------------------------------------------------------------


def test_file_that_was_changed_since_it_was_read(site):
    path = site / "models.py"
    path.write_text(MODELS)
    (result,) = api.scan([site], base=site).results
    path.write_text(MODELS + "# edited\n")
    with pytest.raises(ChangedOnDisk, match="changed by someone else"):
        replace_file(path, result.before, result.after)
    assert path.read_text() == MODELS + "# edited\n"
    assert sorted(os.listdir(site)) == ["manage.py", "models.py"]


def test_change_while_apply_runs_is_said_and_kept(site, monkeypatch):
    """The other one saves the first file after all files were read."""
    for name in ("first.py", "second.py"):
        (site / name).write_text(MODELS)
    scan = api.scan

    def scan_and_be_too_slow(*arguments, **options):
        report = scan(*arguments, **options)
        (site / "first.py").write_text("# edited\n")
        return report

    monkeypatch.setattr(api, "scan", scan_and_be_too_slow)
    report = api.apply([site], base=site)
    assert report.exit_status == 2
    assert report.failed == (("first.py", "it was changed by someone else since it was read; run ik-migrate again."),)
    assert (site / "first.py").read_text() == "# edited\n"
    assert (site / "second.py").read_text() == MIGRATED


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("into", [os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)])
def test_file_that_has_become_something_else(site, into):
    """What never ends is not waited for; a backup of what is not rewritten is not left."""
    path = site / "models.py"
    path.write_text(MODELS)

    def turn(report):
        path.unlink()
        into(path)

    report = api.apply([site], backup=".bak", base=site, before_writing=turn)
    assert report.exit_status == 2
    assert sorted(os.listdir(site)) == ["manage.py", "models.py"]
    assert not path.is_file()


def test_file_that_has_grown_beyond_measure(site):
    path = site / "models.py"
    path.write_text(MODELS)
    report = api.apply([site], base=site, before_writing=lambda report: os.truncate(path, 1 << 38))
    assert report.exit_status == 2
    assert "changed by someone else" in report.results[0].reason
    assert sorted(os.listdir(site)) == ["manage.py", "models.py"]


def test_file_that_is_gone_when_it_is_to_be_written(site):
    path = site / "models.py"
    path.write_text(MODELS)
    (result,) = api.scan([site], base=site).results
    path.unlink()
    with pytest.raises(FileNotFoundError):
        replace_file(path, result.before, result.after)
    assert os.listdir(site) == ["manage.py"]


# Writing fails -----------------------------------------------------------------------------------


def nothing_above(size):
    """What a process does to be unable to write files of more bytes than that."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_disk_full(run, site):
    """A file that does not fit stays as it was; those that do are rewritten."""
    large = MODELS + "# " + "x" * 20_000 + "\n"
    (site / "large.py").write_text(large)
    (site / "models.py").write_text(MODELS)

    env = {"PYTHONDONTWRITEBYTECODE": "1"}
    done = run("apply", cwd=site, env=env, preexec_fn=nothing_above(10_000))
    assert done.status == 2
    assert "large.py\n    cannot write it: File too large." in done.stdout
    assert (site / "large.py").read_text() == large
    assert (site / "models.py").read_text() == MIGRATED
    assert sorted(os.listdir(site)) == ["large.py", "manage.py", "models.py"]


def test_read_only_file_is_left_alone(run, site):
    """For root as for everybody: who took the write permission away meant it."""
    (site / "generated.py").write_text(MODELS)
    (site / "generated.py").chmod(0o444)
    (site / "models.py").write_text(MODELS)
    done = run("apply", cwd=site)
    assert done.status == 2
    assert "generated.py\n    cannot write it: it is read-only." in done.stdout
    assert (site / "generated.py").read_text() == MODELS
    assert (site / "models.py").read_text() == MIGRATED
    assert "IK101" in run("apply", "--diff", cwd=site).stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write everywhere")
def test_folder_that_can_not_be_written(run, site):
    app = site / "app"
    app.mkdir()
    (app / "models.py").write_text(MODELS)
    (site / "models.py").write_text(MODELS)
    app.chmod(0o555)
    done = run("apply", cwd=site)
    app.chmod(0o755)
    assert done.status == 2
    assert "app/models.py\n    cannot write it: Permission denied." in done.stdout
    assert (app / "models.py").read_text() == MODELS
    assert (site / "models.py").read_text() == MIGRATED


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_interrupted_at_any_step(site, monkeypatch, step):
    path = site / "models.py"
    path.write_text(MODELS)

    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, step, interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace_file(path, MODELS.encode(), MIGRATED.encode())
    assert path.read_text() == MODELS
    assert sorted(os.listdir(site)) == ["manage.py", "models.py"]


# Killed ------------------------------------------------------------------------------------------

APPS = 30


def start_over(site):
    """Files as before a rewrite."""
    for number in range(APPS):
        (site / f"app{number}").mkdir(exist_ok=True)
        (site / f"app{number}" / "models.py").write_text(MODELS)


def check_files(site):
    """Every file is the old or the new one; returns how many are new, and what else lies there."""
    new, others = 0, []
    for path in site.rglob("*"):
        if path.name == "models.py":
            text = path.read_text()
            assert text in {MODELS, MIGRATED}, path
            new += text == MIGRATED
        elif path.is_file() and path.name != "manage.py":
            others.append(path)
    return new, others


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_killed_at_any_moment(start, run, site):
    """As soon as a file is written it may be over; the next run finishes, and cleans up."""
    killed_over_it = 0
    for moment in range(6):
        start_over(site)
        with start("apply", "--jobs", "1", cwd=site) as process:
            while process.poll() is None and (site / "app0/models.py").read_text() == MODELS:
                time.sleep(0.001)
            time.sleep(moment / 200)
            process.send_signal(signal.SIGKILL if moment % 3 else signal.SIGINT)
            process.communicate(timeout=30)
        new, _ = check_files(site)
        killed_over_it += 0 < new < APPS
    assert killed_over_it
    for name in (".models.py.abcd0123.ik-migrate", ".settings.py.abcd0123.ik-migrate"):
        (site / "app7" / name).write_text("imagekit, half of it")
    assert run("apply", cwd=site).status == 0
    assert check_files(site) == (APPS, [])


def test_what_is_not_ours_or_still_in_use_is_not_cleaned_up(run, site):
    (site / "models.py").write_text(MODELS)
    (site / "precious.ik-migrate").write_text("imagekit")
    (site / ".a.b.ik-migrate").write_text("imagekit")
    (site / ".models.py.abcd0123.ik-migrate").mkdir()
    (site / ".link.abcd0123.ik-migrate").symlink_to("manage.py")
    before = sorted(os.listdir(site))
    with new_file(site / "other.py") as unfinished:
        assert run("apply", "--output", "json=report.json", cwd=site).status == 0
        assert os.path.exists(unfinished.name)
    (site / "report.json").unlink()
    assert sorted(os.listdir(site)) == before
    assert (site / "models.py").read_text() == MIGRATED


def test_leftovers_are_cleaned_up_where_nothing_is_left_to_do(run, site):
    """Of killed runs, also those that wrote a report or a baseline, and whatever the file was called."""
    (site / "models.py").write_text(MIGRATED)
    reports = site / "reports"
    reports.mkdir()
    left = [site / ".models.py.0a1b2c3d.ik-migrate", site / ".a\nb.py.0a1b2c3d.ik-migrate"]
    left += [reports / ".report.json.0a1b2c3d.ik-migrate", reports / ".baseline.0a1b2c3d.ik-migrate"]
    for path in left:
        path.touch()
    assert run("apply", cwd=site).status == 0
    assert run("scan", "--output", "json=reports/report.json", cwd=site).status == 0
    assert [path.name for path in reports.iterdir()] == ["report.json"]
    left[2].touch()
    assert run("scan", "--write-baseline", "reports/baseline.json", cwd=site).status == 0
    assert sorted(path.name for path in reports.iterdir()) == ["baseline.json", "report.json"]
    assert sorted(path.name for path in site.iterdir()) == ["manage.py", "models.py", "reports"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_report_keeps_what_is_known_of_its_file(run, site):
    """A report has the mode of any new file, then what it was given; one that can't be written is not begun."""
    report = site / "report.json"
    before = os.umask(0o027)
    try:
        assert run("scan", "--output", f"json={report}", cwd=site).status == 0
        assert stat.S_IMODE(report.stat().st_mode) == 0o640
        report.chmod(0o604)
        content = report.read_bytes()
        done = run("scan", "--output", f"json={report}", cwd=site, preexec_fn=nothing_above(100))
    finally:
        os.umask(before)
    assert (done.status, done.stderr) == (2, f"Error: cannot write {report}: File too large\n")
    assert report.read_bytes() == content
    assert run("scan", "--output", f"json={report}", cwd=site).status == 0
    assert stat.S_IMODE(report.stat().st_mode) == 0o604
    assert sorted(os.listdir(site)) == ["manage.py", "report.json"]


def test_two_at_once(start, site):
    start_over(site)
    processes = [start("apply", "--jobs", "1", cwd=site) for _ in range(3)]
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert process.returncode in {0, 2}
        assert b"Traceback" not in err
        if process.returncode:
            assert b"changed by someone else" in out
    assert check_files(site) == (APPS, [])


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can mount a file system")
def test_disk_that_is_really_full(run, tmp_path, site):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("a file system can't be mounted here")
    try:
        (disk / "manage.py").touch()
        large = MODELS + "# " + "x" * 30_000 + "\n"
        (disk / "large.py").write_text(large)
        (disk / "models.py").write_text(MODELS)
        (disk / "filling").write_bytes(b"x" * 20_000)
        done = run("apply", "--backup", ".bak", cwd=disk)
        assert done.status == 2
        assert "large.py\n    cannot write it: No space left on device." in done.stdout
        assert (disk / "large.py").read_text() == large
        assert (disk / "models.py").read_text() == MIGRATED
        assert sorted(os.listdir(disk)) == ["filling", "large.py", "manage.py", "models.py", "models.py.bak"]
    finally:
        subprocess.run(["umount", disk], check=True)


# Again -------------------------------------------------------------------------------------------


def test_second_apply_changes_nothing(run, photo_site, contents):
    before = contents(photo_site)
    first = run("apply", cwd=photo_site)
    assert first.status in {0, 1}, first.stdout
    after = contents(photo_site)
    assert after != before
    second = run("apply", cwd=photo_site)
    assert second.status == first.status
    assert "rewritten:" not in second.stdout
    assert contents(photo_site) == after


def test_files_without_findings_are_not_touched(run, photo_site, contents):
    before = contents(photo_site)
    done = run("apply", cwd=photo_site)
    after = contents(photo_site)
    assert after.keys() - before.keys() == {"imagekit_support.py"}
    changed = {name for name in before if before[name] != after[name]}
    told = done.stdout.partition("Rewritten: ")[2].partition("files were rewritten")[0]
    assert changed == {name for name in before if re.search(rf"^  {re.escape(name)}  ", told, re.MULTILINE)}
    assert all(before[name][1] == after[name][1] for name in changed)


@pytest.mark.parametrize("codes", ["IK101", "IK2", "IK101,IK103,IK104", "IK401"])
def test_rule_by_rule(run, photo_site, contents, codes):
    """What some rules may not do alone is left to a later run, and the status says that it is."""
    first = run("apply", "--select", codes, cwd=photo_site)
    assert first.status in {0, 1}, first.stdout
    after = contents(photo_site)
    second = run("apply", "--select", codes, cwd=photo_site)
    assert second.status == first.status
    assert contents(photo_site) == after
    rest = run("apply", cwd=photo_site)
    assert rest.status in {0, 1}, rest.stdout
    scan = run("scan", cwd=photo_site)
    assert "[safe]" not in scan.stdout
    assert scan.status == rest.status
