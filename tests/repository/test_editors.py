"""What docs/editors.md says is what the editors do."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "editors.md").read_text("utf-8")
MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([], image_field='image')
    large = ImageSpecField([], image_field='image', source='image')
"""
MIGRATED = MODELS.replace("small = ImageSpecField([], image_field=", "small = ImageSpecField([], source=")


def code(language):
    return re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL).group(1)


@pytest.fixture
def site(tmp_path):
    """A project with a name that an editor may stumble over."""
    folder = tmp_path / "the site"
    folder.mkdir()
    (folder / "manage.py").write_text("")
    (folder / "my models.py").write_text(MODELS)
    return folder


@pytest.fixture
def edit(environment, site, tmp_path):
    """Runs an editor in the site."""

    def edit(*command):
        path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
        subprocess.run(
            [*map(str, command)],
            cwd=site,
            env=environment(PATH=path, HOME=str(tmp_path)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=60,
        )

    return edit


@pytest.mark.parametrize("program", ["vim", "nvim"])
def test_vim(edit, site, tmp_path, program):
    if not shutil.which(program):
        pytest.skip(f"needs {program}")
    (tmp_path / "ik.vim").write_text(code("vim"))
    (tmp_path / "drive.vim").write_text(f"""\
edit my\\ models.py
normal 6G
IkMigrate
call writefile([string(line('.'))], '{tmp_path}/line')
write
undo
write {tmp_path}/undone.py
IkScan
call writefile(map(getqflist(), {{_, v -> bufname(v.bufnr) . ':' . v.lnum . ' ' . v.text}}), '{tmp_path}/found')
qa!
""")
    edit(program, "-Nu", tmp_path / "ik.vim", "-i", "NONE", "-n", "-es", "-S", tmp_path / "drive.vim")
    assert (site / "my models.py").read_text() == MIGRATED
    assert (tmp_path / "undone.py").read_text() == MODELS
    assert (tmp_path / "line").read_text() == "6\n"
    assert re.search(r"^my models\.py:8 IK101 ", (tmp_path / "found").read_text(), re.MULTILINE)


@pytest.mark.skipif(not shutil.which("emacs"), reason="needs emacs")
def test_emacs(edit, site, tmp_path):
    (tmp_path / "ik.el").write_text(code("elisp"))
    (tmp_path / "drive.el").write_text("""\
(find-file "my models.py")
(ik-migrate-buffer)
(save-buffer)
(goto-char (point-max))
(insert "def (\\n")
(ik-migrate-buffer)
(write-region nil nil "broken.txt")
(set-buffer-modified-p nil)
""")
    edit("emacs", "-Q", "--batch", "-l", tmp_path / "ik.el", "-l", tmp_path / "drive.el")
    assert (site / "my models.py").read_text() == MIGRATED
    assert (site / "broken.txt").read_text() == MIGRATED + "def (\n"


def test_problems_in_vs_code(run, site):
    tasks = json.loads(code("json"))["tasks"]
    for task in tasks:
        arguments = [argument.replace("${file}", str(site / "my models.py")) for argument in task["args"]]
        assert task["command"] == "ik-migrate"
        done = run(*arguments, cwd=site)
        assert done.status == 1, done.stderr
    pattern = tasks[1]["problemMatcher"]["pattern"]
    found = re.compile(pattern["regexp"], re.MULTILINE).finditer(done.stdout)
    lines = {
        (each.group(pattern["file"]), int(each.group(pattern["line"])), each.group(pattern["code"]).partition(" ")[0])
        for each in found
    }
    assert ("my models.py", 8, "IK101") in lines


def test_command_on_the_page(run, site, environment):
    command = re.search(r"```sh\n(ik-migrate .*?) <", PAGE).group(1).split()
    done = subprocess.run(
        [Path(sysconfig.get_path("scripts"), command[0]), *command[1:]],
        cwd=site,
        env=environment(),
        input=MODELS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, MIGRATED)
