"""The GitHub Action and the snippets of docs/ci.md: they are read and run as their consumers would."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
import yaml

from ik_migrate.cli.group import main

ROOT = Path(__file__).resolve().parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
CI = (ROOT / "docs" / "ci.md").read_text("utf-8")
MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([], image_field='image', format='JPEG')
"""
COMMAND = re.compile(r"\bik-migrate (?:scan|apply|merge-reports)\b[^\n'\"`|;&#)]*")
bash = shutil.which("bash")
needs_bash = pytest.mark.skipif(bash is None or os.name == "nt", reason="bash is not installed")


@pytest.fixture
def run_step(tmp_path, environment):
    """Runs the script of the last step of the action in a small project, as the runner does, with these inputs."""
    site = tmp_path / "my site"
    site.mkdir()
    (site / "models.py").write_text(MODELS)
    (tmp_path / "ik-migrate").mkdir()
    (tmp_path / "ik-migrate" / "bin").symlink_to(sysconfig.get_path("scripts"))

    def run_step(**inputs):
        values = {name: field["default"] for name, field in ACTION["inputs"].items()}
        step = ACTION["runs"]["steps"][-1]
        names = {
            name: re.fullmatch(r"\$\{\{ inputs\.(\w+) \}\}", value).group(1) for name, value in step["env"].items()
        }
        given = {name: {**values, **inputs}[value] for name, value in names.items()}
        paths = {"RUNNER_TEMP": str(tmp_path), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
        return subprocess.run(
            [bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=site,
            env=environment(**given, **paths),
            capture_output=True,
            text=True,
            check=False,
        )

    return run_step


@needs_bash
def test_the_action_annotates_and_writes_a_summary(run_step, tmp_path):
    done = run_step()
    assert done.returncode == 1
    assert "::warning file=models.py,line=7,endLine=7,col=32,title=IK101 image-field::" in done.stdout
    assert "- [ ] line 7, [IK101 image-field][IK101]" in (tmp_path / "summary.md").read_text()


@needs_bash
def test_the_inputs_of_the_action_are_data(run_step, tmp_path):
    done = run_step(args="scan --exit-zero --select IK5,IK6 .", format="json", summary="false")
    assert done.returncode == 0
    assert '"command": "scan"' in done.stdout
    assert not (tmp_path / "summary.md").exists()
    done = run_step(args="scan $(touch hacked) `touch hacked` ; touch hacked")
    assert done.returncode == 2
    assert not list(tmp_path.rglob("hacked"))


def test_the_action_puts_no_input_into_a_script():
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        assert step.get("shell") == ("bash" if "run" in step else None)


# docs/ci.md -------------------------------------------------------------------------------------


@pytest.mark.parametrize("snippet", re.findall(r"```yaml\n(.*?)```", CI, re.DOTALL))
def test_snippets_are_yaml(snippet):
    assert yaml.safe_load(snippet)


@pytest.mark.parametrize("line", sorted(set(COMMAND.findall(CI))))
def test_commands_have_the_options_that_they_are_given(line):
    name, *words = line.split()[1:]
    context = main.make_context("ik-migrate", [name, "--help"], resilient_parsing=True)
    known = {option for parameter in main.get_command(context, name).params for option in parameter.opts}
    assert {word.partition("=")[0] for word in words if word.startswith("-")} <= known


@needs_bash
@pytest.mark.parametrize("tool", ["parallel", "for repo in"])
def test_many_repositories(tmp_path, environment, tool):
    if tool == "parallel" and shutil.which("parallel") is None:
        pytest.skip("GNU parallel is not installed")
    script = next(script for script in re.findall(r"```sh\n(.*?)```", CI, re.DOTALL) if tool in script)
    for name in ("shop", "blog"):
        (tmp_path / "repos" / name).mkdir(parents=True)
        (tmp_path / "repos" / name / "models.py").write_text(MODELS)
    path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [bash, "-c", script], cwd=tmp_path, env=environment(PATH=path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert sorted(os.listdir(tmp_path / "reports")) == ["blog.json", "shop.json"]
    assert "shop" in (tmp_path / "all.html").read_text()
