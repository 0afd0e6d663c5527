"""The Python API, and rules of other packages."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ik_migrate
from ik_migrate import Applicability, IkMigrateError, Options, Status, apply, options_for, scan

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "acme-ik-rules"
MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([], format='PNG', image_field='image')
"""
SETTINGS = "IMAGEKIT_DEFAULT_CACHEFILE_BACKEND = 'acme.media.OldBackend'\n"


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "models.py").write_text(MODELS)
    return folder


@pytest.fixture
def offer(tmp_path):
    """Installs a package of one module beside ik-migrate, offering its rules; returns the environment for it."""

    def offer(code, name="acme-rules", module="acme_rules"):
        folder = tmp_path / "packages"
        info = folder / f"{module}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[ik_migrate.codemods]\nfirst = {module}\n")
        (folder / f"{module}.py").write_text(code)
        return {"PYTHONPATH": str(folder)}

    return offer


def test_scan_and_apply(site):
    (site / "ik-migrate.toml").write_text('ignore = ["IK5"]\n')
    for paths in (str(site), site, [site / "models.py"]):
        report = scan(paths, Options(select=("IK101",)), base=site)
        (result,) = report.results
        (finding,) = result.findings
        assert (report.exit_status, result.path, result.status) == (1, "models.py", Status.CHANGED)
        assert (finding.rule.code, finding.location.line, finding.applicability) == ("IK101", 7, Applicability.SAFE)
        assert b"source='image'" in result.after and (site / "models.py").read_text() == MODELS
    options = options_for(site, target="4.0")
    assert (options.ignore, options.target) == (("IK5",), "4.0")
    assert apply([str(site)], options).exit_status == 0
    assert (site / "models.py").read_text() == MODELS.replace("image_field", "source")


def test_what_is_wrong_is_an_error_of_ours(site):
    with pytest.raises(IkMigrateError, match="no rule starts with 'IK777'"):
        scan(site, Options(select=("IK777",)))
    (site / "ik-migrate.toml").write_text("todos = 1\n")
    with pytest.raises(IkMigrateError, match="Did you mean 'todo'"):
        options_for([site])
    with pytest.raises(AttributeError):
        _ = ik_migrate.nothing_of_the_kind
    assert set(ik_migrate.__all__) <= set(dir(ik_migrate))


def test_import_is_light():
    code = "import sys, ik_migrate; print(sorted(name for name in sys.modules if name.startswith('ik_migrate')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['ik_migrate']"


def test_example_package(run, site, tmp_path):
    """The package of the documentation, built and installed with pip."""
    source = shutil.copytree(EXAMPLE, tmp_path / "source")
    target = tmp_path / "installed"
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run([*command, "--target", target, source], capture_output=True, text=True, check=False)
    if done.returncode and "No module named pip" in done.stderr:
        pytest.skip("pip is not installed")
    assert done.returncode == 0, done.stderr
    env = {"PYTHONPATH": str(target)}
    (site / "settings.py").write_text(SETTINGS)
    assert "ACME101" in run("rules", env=env).stdout.split("IK101")[-1]
    assert "acme-media, changes of version 3" in run("explain", "acme-media-backend", env=env).stdout
    report = json.loads(run("scan", "--select", "ACME", "--format", "json", "--jobs", "2", cwd=site, env=env).stdout)
    assert report["summary"]["by_rule"] == {"ACME101": 1}
    (site / "settings.py").write_text(SETTINGS.strip() + "  # ik-migrate: ignore[ACME101]\n" + SETTINGS)
    assert run("apply", "--select", "ACME,IK8", cwd=site, env=env).status == 0
    text = (site / "settings.py").read_text()
    assert text.count("NewBackend") == text.count("OldBackend") == 1
    assert "ACME101" not in run("rules").stdout


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('"ACME101"', '"IK950"', "has a rule IK950: a code is two to ten capital letters, which do not begin with IK"),
        ('"acme-media-backend"', '"image-field"', "has a rule image-field: so has ik-migrate"),
        ("@checks_module(RULE)", "", "declares no rule: use a decorator of ik_migrate.rules, such as checks_module"),
        ("import ast", "import asst", "cannot be imported: ModuleNotFoundError: No module named 'asst'"),
    ],
)
def test_rules_of_a_package_that_can_not_be_used(run, site, offer, old, new, complaint):
    env = offer((EXAMPLE / "acme_ik_rules.py").read_text().replace(old, new))
    for arguments in (["scan"], ["rules"], ["scan", "--jobs", "2"]):
        done = run(*arguments, cwd=site, env=env)
        assert (done.status, done.stdout) == (2, "")
        assert f"acme-rules 1.0: its module acme_rules {complaint}" in done.stderr
        assert "Traceback" not in done.stderr and "fault" not in done.stderr


def test_rule_that_fails_spoils_its_files_only(run, site, offer):
    (site / "requirements.txt").write_text("django-imagekit==2.0.4\n")
    code = (EXAMPLE / "acme_ik_rules.py").read_text()
    env = offer(
        f"{code}\n\n@checks_text(RULE)\ndef fail(file):\n    1 / 0\n".replace(
            "checks_module,", "checks_module, checks_text,"
        )
    )
    done = run("apply", cwd=site, env=env)
    assert done.status == 2 and "rule ACME101 failed (ZeroDivisionError: division by zero)" in done.stdout
    assert (site / "models.py").read_text() == MODELS.replace("image_field", "source")
    assert (site / "requirements.txt").read_text() == "django-imagekit==2.0.4\n"
