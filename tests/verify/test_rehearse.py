"""``rehearse``: the whole upgrade in a copy, and the project as it was, whatever happens.

Both sides run under the interpreter of the tests here. For ImageKit 2 see ``test_rehearse_imagekit2.py``.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command import ROOT
from test_verify import Page, edit

from ik_migrate.rehearse import project_copy

SITE = ROOT / "tests" / "fixtures" / "verify_site"
PYTHONS = ("--old", sys.executable, "--new", sys.executable)
LEGACY = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Memo(models.Model):
    image = models.ImageField(upload_to='memos')
    small = ImageSpecField([ResizeToFill(50, 40)], image_field='image', format='JPEG')
"""
"""An app that only loads once it is rewritten."""


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    folder = Path(shutil.copytree(SITE, tmp_path_factory.mktemp("rehearse") / "site"))
    subprocess.run([sys.executable, "-B", "fill.py"], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def site(filled, tmp_path):
    """A site that is filled, and whose media are behind a link that leads out of it."""
    copied = Path(shutil.copytree(filled, tmp_path / "site"))
    shutil.move(copied / "media", tmp_path / "media")
    (copied / "media").symlink_to(tmp_path / "media")
    return copied


@pytest.fixture
def legacy(site):
    """The same with an app for ImageKit 2, which does not load under ImageKit 3."""
    (site / "memos").mkdir()
    (site / "memos" / "__init__.py").touch()
    (site / "memos" / "models.py").write_text(LEGACY)
    edit(site / "settings.py", ("    'shop',\n", "    'shop',\n    'memos',\n"))
    return site


@pytest.fixture
def temporary(tmp_path):
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def rehearse(run, temporary):
    """Rehearses the upgrade of a site; temporary files are in a folder that is looked at."""

    def rehearse(site, *arguments, pythons=PYTHONS, **options):
        env = {"TMPDIR": str(temporary), **options.pop("env", {})}
        return run("rehearse", *pythons, "--sample", "2", *arguments, site, env=env, **options)

    return rehearse


def checksum(*folders):
    """One number for all files, links, modes and times of change below folders, the repository included."""
    found = hashlib.sha256()
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            status = path.lstat()
            data = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else ""
            found.update(repr((str(path), data, status.st_mode, status.st_mtime_ns)).encode())
    return found.hexdigest()


# The result -------------------------------------------------------------------------------------


def test_unchanged_site_is_the_same(site, rehearse, temporary):
    before = checksum(site, site.parent / "media")
    done = rehearse(site)
    assert done.status == 0, done.stdout + done.stderr
    assert done.stdout.startswith("The site shows the same images.\n")
    assert "The site ran in a copy" in done.stdout or "the site ran in a copy" in done.stdout
    assert checksum(site, site.parent / "media") == before
    assert list(temporary.iterdir()) == []


def test_diff_that_was_proven_is_what_apply_writes(legacy, rehearse, run, git, tmp_path, contents):
    git(legacy, "init", "-q")
    git(legacy, "add", ".")
    git(legacy, "commit", "-qm", "all")
    edit(legacy / "memos" / "models.py", ("class Memo", "# not committed\nclass Memo"))
    before = checksum(legacy)
    done = rehearse(legacy, "--output-dir", tmp_path / "out")
    assert checksum(legacy) == before
    assert "1 file, +1 -1 lines" in done.stdout

    applied = Path(shutil.copytree(legacy, tmp_path / "applied", symlinks=True))
    git(legacy, "apply", tmp_path / "out" / "upgrade.diff")
    run("apply", applied, cwd=applied)
    assert contents(legacy).keys() == contents(applied).keys()
    assert "source='image'" in (legacy / "memos" / "models.py").read_text()
    assert (legacy / "memos" / "models.py").read_bytes() == (applied / "memos" / "models.py").read_bytes()


def test_new_fields_are_generated_in_the_copy(legacy, rehearse, tmp_path):
    done = rehearse(legacy, "--output-dir", tmp_path / "out")
    # Under --old the app did not load: under --new it does, so the rewrite was in the copy.
    page = (tmp_path / "out" / "rehearsal.html").read_text("utf-8")
    assert re.search(r"<h3>memos\.Memo\.small</h3>", page), done.stdout
    assert "Does not load" not in done.stdout


def test_output_folder_has_page_and_pull_request(legacy, rehearse, tmp_path):
    done = rehearse(legacy, "--output-dir", tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "pull-request.md",
        "rehearsal.html",
        "upgrade.diff",
    ]
    text = (tmp_path / "out" / "pull-request.md").read_text("utf-8")
    assert [line for line in text.splitlines() if line.startswith("#")][1:] == [
        "## What changes",
        "## Proof",
        "## What is left",
        "## How to undo",
    ]
    assert "- IK101: " in text
    page = Page((tmp_path / "out" / "rehearsal.html").read_text("utf-8"))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    anchors = {link["href"].removeprefix("#") for link in page.all("a") if link["href"].startswith("#")}
    assert anchors <= set(ids)
    assert page.all("svg") and not page.all("script") and not page.all("link")
    again = rehearse(legacy, "--output-dir", tmp_path / "out")
    assert (again.status, done.status) == (0, 0), again.stderr


def test_compare_prints_one_row_for_each_set_of_options(legacy, rehearse):
    done = rehearse(legacy, "--compare")
    assert done.status == 0, done.stdout + done.stderr
    rows = [line for line in done.stdout.splitlines() if re.search(r" \+\d+ -\d+ ", line)]
    assert [re.match(r"[ +]*(\S+)", row)[1] for row in rows] == [
        "plain",
        "--unsafe-fixes",
        "--faithful",
        "--keep-cache-names",
    ]
    assert all(len(row) <= 80 for row in rows)


def test_difference_is_reported_with_its_rule(site, rehearse):
    # What differs between the two sides here is the environment.
    edit(site / "shop" / "models.py", ("ResizeToFit(100, 100, upscale=False)", "ResizeToFit(100, 100, upscale=BIG)"))
    edit(site / "shop" / "models.py", ("class Overwriting", "BIG = 'NEW' in os.environ\n\n\nclass Overwriting"))
    pythons = ("--old", sys.executable, "--new", f"env NEW=1 {sys.executable}")
    done = rehearse(site, pythons=pythons)
    assert done.status == 1
    assert "shop.Item.small: different" in done.stdout
    assert "IK203 ResizeToFit upscales" in done.stdout


def test_without_new_interpreter_the_installation_is_shown(legacy, rehearse):
    done = rehearse(legacy, pythons=("--old", sys.executable), env={"COLUMNS": "120"})
    assert done.status == 1
    assert done.stdout.startswith("Nothing was compared, because there is no --new.\n")
    assert '"django-imagekit>=6.1,<7"' in done.stdout
    assert "1 file, +1 -1 lines" in done.stdout


def test_one_app_leaves_the_others_to_do(legacy, rehearse, tmp_path):
    shutil.copytree(legacy / "memos", legacy / "notes")
    edit(legacy / "settings.py", ("    'memos',\n", "    'memos',\n    'notes',\n"))
    done = rehearse(legacy, "--app", "notes", "--output-dir", tmp_path / "out")
    assert done.status == 0, done.stdout
    diff = (tmp_path / "out" / "upgrade.diff").read_bytes()
    assert re.findall(rb"^\+\+\+ (.*)$", diff, re.MULTILINE) == [b"b/notes/models.py"]
    assert "memos: 1 rewrite" in done.stdout
    by_path = rehearse(legacy / "notes", "--output-dir", tmp_path / "other")
    assert by_path.status == 0
    assert (tmp_path / "other" / "upgrade.diff").read_bytes() == (tmp_path / "out" / "upgrade.diff").read_bytes()
    unknown = rehearse(legacy, "--app", "note")
    assert (unknown.status, unknown.stdout) == (2, "")
    assert "no file of the app 'note' uses ImageKit. There are memos, notes, shop." in unknown.stderr


# What must not be touched -----------------------------------------------------------------------

WRITES = """
import pathlib, tempfile
HARD, OUTSIDE = {folder!r}, {outside!r}
for place in (BASE, HARD):
    with open(os.path.join(place, 'loaded.log'), 'a') as log:
        log.write('loaded')
    pathlib.Path(place, 'marker').write_text('x')
    os.makedirs(os.path.join(place, 'made', 'folder'), exist_ok=True)
os.rename(os.path.join(HARD, 'shop.db'), os.path.join(HARD, 'moved.db'))
os.remove(os.path.join(HARD, 'manage.py'))
os.chmod(os.path.join(HARD, 'shop'), 0o700)
import shutil
shutil.rmtree(os.path.join(HARD, 'shop', '__pycache__'), ignore_errors=True)
shutil.rmtree(OUTSIDE)
os.makedirs(os.path.join(OUTSIDE, 'again', 'deep'))
open(os.path.join(OUTSIDE, 'again', 'new'), 'w').close()
shutil.rmtree(OUTSIDE)
assert os.stat in os.supports_dir_fd
handle = os.open(OUTSIDE, os.O_RDONLY)
os.unlink('kept', dir_fd=handle)
os.close(handle)
assert open(os.path.join(HARD, 'loaded.log')).read() == 'loadedloaded'
tempfile.mkdtemp()
sys.path.insert(0, HARD)
MEDIA_ROOT = os.path.join(HARD, 'media')
DATABASES['default']['NAME'] = os.path.join(HARD, 'shop.db')
"""
"""Settings that write to the project under the path that it had when they were written, as many do."""


def test_site_that_writes_writes_to_the_copy(legacy, rehearse, temporary):
    outside = legacy.parent / "outside"
    (outside / "deep").mkdir(parents=True)
    (outside / "kept").write_text("kept")
    edit(legacy / "settings.py", ("import os\n", "import os, sys\n"))
    with open(legacy / "settings.py", "a") as settings:
        settings.write(WRITES.format(folder=str(legacy), outside=str(outside)))
    with open(legacy / "shop" / "models.py", "a") as models:
        models.write(f"\nopen({str(legacy / 'shop.log')!r}, 'w').write('x')\n")
    before = checksum(legacy, legacy.parent / "media", outside)
    done = rehearse(legacy)
    assert checksum(legacy, legacy.parent / "media", outside) == before
    assert done.status == 0, done.stdout + done.stderr
    assert "not as rewritten" not in done.stdout
    assert list(temporary.iterdir()) == []


def test_site_that_fails_stays_as_it_is(site, rehearse, temporary):
    with open(site / "settings.py", "a") as settings:
        settings.write("open(os.path.join(BASE, 'x.log'), 'w').close()\nraise RuntimeError('no secret')\n")
    before = checksum(site)
    done = rehearse(site)
    assert (done.status, done.stdout) == (2, "")
    assert "--old: The settings settings cannot be loaded: RuntimeError: no secret" in done.stderr
    # Files are named as in the project, not as in the copy.
    assert f'File "{site}/settings.py"' in done.stderr
    assert checksum(site) == before
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_killed_run_leaves_the_project_and_the_next_one_cleans_up(site, start, rehearse, temporary, number, tmp_path):
    started = tmp_path / "started"
    with open(site / "settings.py", "a") as settings:
        settings.write(f"\nif 'WAIT' in os.environ:\n    import time\n    os.system('touch {started}')\n")
        settings.write("    open(os.path.join(BASE, 'x.log'), 'w').close()\n    time.sleep(60)\n")
    before = checksum(site, site.parent / "media")
    command = ("rehearse", *PYTHONS, site)
    process = start(*command, env={"TMPDIR": str(temporary), "WAIT": "1"}, start_new_session=True)
    for _ in range(600):
        if started.exists():
            break
        time.sleep(0.05)
    assert started.exists()
    os.kill(process.pid, number)
    process.communicate(timeout=30)
    assert checksum(site, site.parent / "media") == before
    if number != signal.SIGKILL:
        assert list(temporary.iterdir()) == []
        return
    assert any(temporary.iterdir())
    for _ in range(100):
        # The interpreter of the site notices that within a second.
        if len(list(temporary.iterdir())) <= 2 and not _is_running(site):
            break
        time.sleep(0.1)
    done = rehearse(site)
    assert done.status == 0, done.stdout + done.stderr
    assert list(temporary.iterdir()) == []
    assert checksum(site, site.parent / "media") == before


def _is_running(site):
    """Whether an interpreter still has its current folder in a copy of the site."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(process / "cwd").endswith(str(site)) and "ik-migrate-scratch" in os.readlink(
                process / "cwd"
            ):
                return True
        except OSError:
            continue
    return False


def test_receivers_and_network_of_the_site_are_left_out_of_the_checks(legacy, rehearse, tmp_path):
    with open(legacy / "memos" / "models.py", "a") as models:
        models.write(
            "\n\ndef tell(sender, instance, **kwargs):\n"
            f"    import os\n    os.system('touch {tmp_path}/told')\n\n\n"
            "models.signals.post_save.connect(tell)\n"
        )
    done = rehearse(legacy)
    assert done.status == 0, done.stdout
    assert not (tmp_path / "told").exists()


# The copy ---------------------------------------------------------------------------------------


def test_copy_leaves_out_what_no_site_needs(tmp_path):
    project = tmp_path / "project"
    for name in (".git", "node_modules", "env/lib", "shop/__pycache__", "shop/old"):
        (project / name).mkdir(parents=True)
    for name in ("env/pyvenv.cfg", "env/lib/x.py", ".git/HEAD", "shop/a.py", "shop/a.pyc", "shop/old/only.pyc"):
        (project / name).write_text(name)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "photo.jpg").write_bytes(b"x" * 10)
    (project / "media").symlink_to(outside)
    (project / "shop" / "circle").symlink_to(project)
    (project / "gone").symlink_to(tmp_path / "nothing")
    os.mkfifo(project / "pipe")
    copy = project_copy.copy_project(project, tmp_path)
    found = sorted(str(path.relative_to(copy.folder)) for path in copy.folder.rglob("*"))
    assert found == ["media", "media/photo.jpg", "shop", "shop/a.py", "shop/circle", "shop/old", "shop/old/only.pyc"]
    assert not (copy.folder / "media").is_symlink()
    assert os.readlink(copy.folder / "shop" / "circle") == str(copy.folder)


def test_large_files_are_lent(site, monkeypatch, tmp_path):
    monkeypatch.setattr(project_copy, "MOST_BYTES", 0)
    copy = project_copy.copy_project(site, tmp_path)
    assert copy.lent == len([path for path in (site.parent / "media").rglob("*") if path.is_file()])
    assert not any((copy.folder / "media").rglob("*.jpg"))


def test_site_whose_files_are_lent_is_the_same(site, tmp_path, temporary):
    """The images come from the project: with a limit of nothing none of them is in the copy."""
    program = (
        "import ik_migrate.rehearse.project_copy as copy; copy.MOST_BYTES = 0\nfrom ik_migrate.cli import main; main()"
    )
    before = checksum(site, site.parent / "media")
    done = subprocess.run(
        [sys.executable, "-c", program, "rehearse", *PYTHONS, "--sample", "2", str(site)],
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary), "COLUMNS": "200"},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "large files were not copied" in done.stdout
    assert "image" in done.stdout and "0 of 0" not in done.stdout
    assert checksum(site, site.parent / "media") == before
