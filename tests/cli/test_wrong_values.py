"""What is empty, given twice, contradictory or no file: told in a line, with status 2, before anything is done."""

from __future__ import annotations

import os
import subprocess

import pytest
from command import command_line

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField


def processors_of(instance, file):
    return []


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField(processors_of, image_field='image')
"""


@pytest.fixture
def site(tmp_path):
    (tmp_path / "models.py").write_text(MODELS)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["scan", ""], "a path is empty"),
        (["apply", ""], "a path is empty"),
        (["apply", "models.py", ""], "a path is empty"),
        (["scan", "-", "--stdin-filename", ""], "a path is empty"),
        (["merge-reports", ""], "a path is empty"),
        (["scan", "--write-baseline", ""], "a path is empty"),
        (["scan", "--select", ""], "no rule is named"),
        (["scan", "--ignore", " , "], "no rule is named"),
        (["scan", "--per-file-ignores", "models.py: "], "no rule is named"),
        (["scan", "--config", "models.py", "--no-config"], "exclude each other"),
        (["config", "nowhere"], "no such file or folder: nowhere"),
    ],
)
def test_is_told_before_anything_is_done(run, site, contents, arguments, complaint):
    before = contents(site)
    done = run(*arguments, cwd=site)
    assert (done.status, done.stdout) == (2, "")
    assert complaint in done.stderr
    assert contents(site) == before


def test_codes_of_an_option_that_is_repeated_add_up(run, site):
    found = run("scan", "--select", "IK101", "--select", "IK201", cwd=site).stdout
    assert "IK101" in found and "IK201" in found
    ignored = run("scan", "--ignore", "IK101", "--ignore", "IK201,IK5", cwd=site).stdout
    assert "IK101" not in ignored and "IK201" not in ignored


def test_nothing_found_among_some_of_it_is_not_said_of_all(run, site):
    assert "some rules were not enabled" in run("scan", "--select", "IK106", cwd=site).stdout
    done = run("scan", "--exclude", "models.py", cwd=site)
    assert done.stdout == "No findings in 1 file. Also: 1 file excluded that mentions ImageKit.\n"
    assert "No ImageKit 2 code found in 1 file" in run("scan", cwd=_empty(site)).stdout


def _empty(site):
    folder = site / "other"
    folder.mkdir()
    (folder / "manage.py").write_text("")
    return folder


def test_patterns_can_be_absolute(run, site):
    assert "1 file excluded" in run("scan", "--exclude", f"{site.as_posix()}/models.py", cwd=site).stdout


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="there are no devices here")
def test_devices_without_end_are_not_read(run, site):
    assert "it is a device" in run("scan", "--baseline", "/dev/zero", cwd=site).stderr
    assert "it is a device" in run("merge-reports", "/dev/zero", cwd=site).stdout
    assert run("scan", "--write-baseline", "/dev/null", cwd=site).status == 0
    assert "No space left" in run("scan", "--write-baseline", "/dev/full", cwd=site).stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["apply", "--format", "json"], "standard output is used for the file"),
        (["apply", "--interactive"], "writes no file"),
        (["scan", "--select", "IK777"], "no rule starts with 'IK777'"),
    ],
)
def test_text_is_not_waited_for_where_options_are_wrong(site, environment, arguments, complaint):
    process = subprocess.Popen(
        [*command_line(), *arguments, "-", "--stdin-filename", "models.py"],
        cwd=site,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    # Its standard input stays open: a run that waited for its end would never come to its own.
    assert process.wait(60) == 2
    out, err = process.communicate()
    assert out == b"" and complaint.encode() in err


def apply_standard_input(site, environment, text):
    done = subprocess.run(
        [*command_line(), "apply", "-", "--stdin-filename", "models.py"],
        cwd=site,
        env=environment(),
        input=text.encode(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    return " ".join(done.stderr.decode().split())


def test_what_became_of_text_on_standard_input(site, environment):
    said = apply_standard_input(site, environment, MODELS.replace("processors_of, ", "[], "))
    assert "git diff" not in said and "the file is unchanged" in said


def test_text_on_standard_input_that_needs_the_support_module(site, environment):
    said = apply_standard_input(site, environment, MODELS)
    assert "Needs manual review: 1 finding IK115 " in said
    where = "in imagekit_support.py, which is not among the files of this run"
    assert f"{where}; run ik-migrate apply in {site.name}" in said
    assert "git diff" not in said
