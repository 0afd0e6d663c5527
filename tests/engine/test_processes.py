"""Several processes: the same report as with one, and what happens when one of them comes to its end."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time

import pytest

from ik_migrate import api
from ik_migrate.engine import process_executor as pool
from ik_migrate.model.options import Options

MODEL = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFit


class Photo{number}(models.Model):
    picture = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFit(90, 90)], image_field='picture', format='JPEG')
"""
VIEW = "def names(photos):\n    return [photo.small.source_file.name for photo in photos]\n"


@pytest.fixture
def shop(tmp_path):
    """A project of ten apps, of which each has models and views."""
    for number in range(10):
        app = tmp_path / "shop" / f"app{number}"
        app.mkdir(parents=True)
        (app / "__init__.py").touch()
        (app / "models.py").write_text(MODEL.format(number=number))
        (app / "views.py").write_text(VIEW)
    (tmp_path / "shop" / "manage.py").touch()
    return tmp_path / "shop"


def test_number_of_processes_makes_no_difference(photo_site, shop, run):
    for site, jobs, arguments in (
        (photo_site, 3, ["scan", "--format", "json"]),
        (shop, 2, ["apply", "--diff"]),
        (shop, 5, ["scan"]),
    ):
        alone, several = (
            run(*arguments, "--jobs", number, cwd=site, env={"SOURCE_DATE_EPOCH": "0"}) for number in (1, jobs)
        )
        # The report names the command.
        assert several.out.replace(f"--jobs {jobs}".encode(), b"--jobs 1") == alone.out
        assert several.err == alone.err
        assert several.status == alone.status == 1


def dying_over(name):
    """The start of a process that comes to its end when it has to read a file of that name."""
    return pool._START.replace(
        "\nmain()",
        "\nimport os, ik_migrate.project.project as p; read = p.Project.read; "
        f"p.Project.read = lambda self, path: os._exit(9) if path.name == {name!r} else read(self, path); main()",
    )


def test_file_that_ends_the_process(shop, monkeypatch):
    (shop / "app3" / "deadly.py").write_text("from imagekit.models import ImageSpecField\n")
    monkeypatch.setattr(pool, "_START", dying_over("deadly.py"))
    report = api.scan([shop], Options(jobs=2), base=shop)
    assert [path for path, _ in report.failed] == ["app3/deadly.py"]
    assert "nested too deeply" in report.failed[0][1]
    assert report.exit_status == 2
    assert len(report.results) == 21
    assert all(result.findings for result in report.results if result.path != "app3/deadly.py")


def test_process_that_is_ended_by_somebody_else(shop, monkeypatch):
    """Its file is taken up by another one."""
    started = []
    start = pool._Worker._start

    def start_and_note(hand):
        started.append(start(hand))
        if len(started) == 1:
            started[0].kill()
        return started[-1]

    monkeypatch.setattr(pool._Worker, "_start", start_and_note)
    assert not api.scan([shop], Options(jobs=2), base=shop).failed
    assert len(started) == 3


KILLED = """\
import sys, pathlib
from ik_migrate import api
from ik_migrate.model.result import FileResult, Status
from ik_migrate.engine import process_executor as pool
from ik_migrate.model.options import Options

busy = "import os, pathlib, ik_migrate.engine.file_facts as f; "
busy += "f.facts_of = lambda *given: [pathlib.Path(str(os.getpid())).touch(), all(True for _ in iter(int, 1))]; main()"
pool._START = pool._START.replace("\\nmain()", "\\n" + busy)
api.scan([pathlib.Path("shop")], Options(jobs=2))
"""


@pytest.mark.skipif(shutil.which("ps") is None, reason="needs ps")
def test_nobody_works_on_when_the_first_process_is_killed(shop, tmp_path):
    with subprocess.Popen([sys.executable, "-c", KILLED], cwd=tmp_path) as first:
        try:
            wait_until(lambda: len(numbered(tmp_path)) == 2)
        finally:
            first.kill()
    wait_until(lambda: not any(is_alive(int(path.name)) for path in numbered(tmp_path)))


def numbered(folder):
    return [path for path in folder.iterdir() if path.name.isdigit()]


def is_alive(number):
    """Whether the process runs; where nobody has asked how it ended, it is there all the same."""
    state = subprocess.run(["ps", "-o", "state=", "-p", str(number)], capture_output=True, text=True, check=False)
    return state.stdout.strip() not in {"", "Z"}


def wait_until(is_so):
    for _ in range(600):
        if is_so():
            return
        time.sleep(0.1)
    pytest.fail("it did not come to that")


def test_interrupted(shop, monkeypatch, capfd):
    """All processes come to their end at once, and say nothing about it."""
    started = []
    start = pool._Worker._start

    def interrupt(phase, done, total):
        if phase == "Working out" and done == 3:
            raise KeyboardInterrupt

    def start_and_note(hand):
        started.append(start(hand))
        return started[-1]

    monkeypatch.setattr(pool._Worker, "_start", start_and_note)
    with pytest.raises(KeyboardInterrupt):
        api.scan([shop], Options(jobs=2), base=shop, progress=interrupt)
    assert len(started) == 2
    assert all(process.poll() is not None for process in started)
    assert capfd.readouterr() == ("", "")
