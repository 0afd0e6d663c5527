"""The configuration file: found, read, checked, and what it does to a run."""

from __future__ import annotations

import json
import os

import pytest

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFit


class Photo(models.Model):
    image = models.ImageField(upload_to='photos/%Y')
    small = ImageSpecField([ResizeToFit(50, 50)], image_field='image')
"""


@pytest.fixture
def site(tmp_path):
    """A small project with two modules that need the same."""
    for name in ("app", "old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "models.py").write_text(MODELS)
    (tmp_path / "manage.py").write_text("")
    return tmp_path


def rules_by_file(run, *arguments, cwd):
    """What ``scan`` finds: the codes in each file."""
    report = json.loads(run("scan", "--format", "json", *arguments, cwd=cwd).stdout)
    return {file["path"]: {f["rule"]["code"] for f in file["findings"]} for file in report["files"]}


@pytest.mark.parametrize(("name", "header"), [("pyproject.toml", "[tool.ik-migrate]\n"), ("ik-migrate.toml", "")])
def test_file_is_heeded_from_any_folder_below(run, site, name, header):
    (site / name).write_text(header + 'ignore = ["IK203", "IK3", "IK5"]\nexclude = ["old"]\n')
    assert rules_by_file(run, cwd=site) == {"app/models.py": {"IK101"}}
    assert rules_by_file(run, cwd=site / "app") == {"models.py": {"IK101"}}
    assert rules_by_file(run, site / "app" / "models.py", cwd=site.parent)
    assert len(rules_by_file(run, "--no-config", cwd=site)) == 2


def test_command_line_wins(run, site):
    (site / "ik-migrate.toml").write_text('ignore = ["IK203"]\nunsafe-fixes = true\ntarget = 5.0\n')
    found = rules_by_file(run, "--ignore", "IK101", cwd=site)["app/models.py"]
    assert "IK203" in found and "IK101" not in found
    shown = json.loads(run("config", "--no-unsafe-fixes", "--format", "json", cwd=site).stdout)
    assert shown["file"] == str(site / "ik-migrate.toml")
    assert shown["settings"]["unsafe-fixes"] == {"value": False, "origin": "--unsafe-fixes"}
    assert shown["settings"]["target"] == {"value": 5.0, "origin": "ik-migrate.toml:3"}
    assert shown["settings"]["exclude"] == {"value": [], "origin": "default"}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (
            "per_file_ignore = {}",
            ":1: unknown key 'per_file_ignore'. Did you mean 'per-file-ignores'?",
        ),
        ("todo = 'yes'", 'ik-migrate.toml:1: todo: must be true or false, not "yes"'),
        ("target = '6.11'", "Did you mean '6.1'?"),
        ("\nselect = 'IK1'", 'ik-migrate.toml:2: select: must be a list of strings, ["IK1", "IK201"], not "IK1"'),
        ("ignore = ['IK888']", "ik-migrate.toml: ignore: no rule starts with 'IK888'"),
        ("\n[per-file-ignores]\n'a' = 'IK1'", "ik-migrate.toml:2: per-file-ignores: must be a list of strings"),
        ("per-file-ignores = {'' = ['IK1']}", "a pattern is empty"),
        ("[ik-migrate]\ntodo = true", "keys are at the top or below [tool.ik-migrate]"),
        ("select = ['image-field']", "is not a rule code or prefix"),
        ("source-roots = ['scr']", "no such folder"),
        ("jobs = 0", "must be a number of processes, 1 or more, not 0"),
        ("todo = ", "ik-migrate.toml is not valid TOML: "),
        ("[tool.ik-migrat]\ntodo = true", "unknown key 'tool'"),
        pytest.param(f"jobs = {'9' * 5000}", "ik-migrate.toml is not valid TOML: ", id="a number of 5000 digits"),
    ],
)
def test_what_can_not_be_used_is_named(run, site, content, complaint):
    (site / "ik-migrate.toml").write_text(content)
    done = run("scan", cwd=site)
    assert (done.status, done.stdout) == (2, "")
    assert complaint in done.stderr and "Traceback" not in done.stderr and "fault" not in done.stderr
    assert run("config", cwd=site).status == 2


@pytest.mark.parametrize("name", ["ik_migrate", "IK-Migrate", "ikmigrate"])
def test_table_of_almost_our_name_is_an_error(run, site, name):
    (site / "pyproject.toml").write_text(f"[tool.{name}]\ntodo = true\n")
    done = run("scan", cwd=site)
    assert (done.status, done.stdout) == (2, "")
    assert f"unknown table [tool.{name}]. Did you mean [tool.ik-migrate]?" in done.stderr


def test_pyproject_of_others_does_not_matter(run, site):
    expected = rules_by_file(run, cwd=site)
    for content in (b"not = [toml", b"\xff\xfe[", b"[tool.poetry]\n", b"[project]\ndependencies = ['ik-migrate']\n"):
        (site / "pyproject.toml").write_bytes(content)
        assert rules_by_file(run, cwd=site) == expected
    (site / "pyproject.toml").write_bytes(b"[tool.ik-migrate]\nnot = [toml")
    assert "is not valid TOML" in run("scan", cwd=site).stderr
    (site / "pyproject.toml").write_text("[project]\n")
    done = run("scan", "--config", "pyproject.toml", cwd=site)
    assert done.status == 2 and "has no table [tool.ik-migrate]" in done.stderr


def test_per_file_ignores(run, site):
    (site / "ik-migrate.toml").write_text('[per-file-ignores]\n"old/*" = ["IK1", "IK2"]\n')
    found = rules_by_file(run, cwd=site)
    assert "IK101" in found["app/models.py"]
    assert not found["old/models.py"] & {"IK101", "IK203"}
    found = rules_by_file(run, "--per-file-ignores", "models.py:IK101", cwd=site)
    assert all("IK101" not in codes and "IK203" in codes for codes in found.values())


def test_configuration_of_one_project_among_several_is_said_to_be_passed_over(run, site):
    (site / "old" / "ik-migrate.toml").write_text('ignore = ["IK1"]\n')
    (site / "app" / "pyproject.toml").write_text("[project]\nname = 'app'\n")
    done = run("scan", "app/models.py", "old", cwd=site)
    assert done.stderr == (
        f"Ignoring {os.path.join('old', 'ik-migrate.toml')}: only one configuration file is used per run."
        " Run each project on its own.\n"
    )
    assert done.stdout.count("    IK101 ") == 2
    assert run("scan", "--quiet", "app/models.py", "old", cwd=site).stderr == ""
    assert run("scan", "old", cwd=site).stderr == run("scan", "--no-config", "app", "old", cwd=site).stderr == ""
