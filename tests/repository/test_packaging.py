"""What is built from this repository, and whether it works where it is installed."""

from __future__ import annotations

import email
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([], image_field='image')
"""
TRIPWIRE = "raise SystemExit('this is not the package you are looking for')\n"
BIN = "Scripts" if os.name == "nt" else "bin"


def check(*command, cwd):
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def source(copy_source, tmp_path_factory):
    return copy_source(tmp_path_factory.mktemp("source") / "source")


@pytest.fixture(scope="module")
def built(source, tmp_path_factory):
    """A folder with the source distribution, and with the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("build")
    check(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", cwd=source)
    return folder / "dist"


@pytest.fixture(scope="module")
def wheel(built):
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The programs of a fresh environment that holds the wheel, and borrows what the wheel needs."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    python = folder / BIN / Path(sys.executable).name
    if not python.exists():
        python = folder / BIN / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index"]
    check(*pip, wheel, cwd=folder)
    site_packages = check(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder)
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(site_packages.strip(), "borrowed.pth").write_text("\n".join(sorted(borrowed)))
    return folder / BIN


def test_wheel_has_one_name(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = [name for name in names if name.endswith(".dist-info/METADATA")]
        top_level = {name.partition("/")[0] for name in names}
    about = metadata.partition("/")[0]
    assert top_level == {"ik_migrate", about}


def test_wheel_is_complete(wheel, source):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    code = {path.relative_to(source).as_posix() for path in source.glob("ik_migrate/**/*.py")}
    codemods = {f"ik_migrate/codemods/{path.name}" for path in source.glob("codemods/*.py")}
    data = {"ik_migrate/py.typed", "ik_migrate/reports/schema.json"}
    data |= {f"ik_migrate/reports/html/page.{kind}" for kind in ("css", "js")}
    data |= {path.relative_to(source).as_posix() for path in source.glob("ik_migrate/**/templates/*.html")}
    data |= {
        "ik_migrate/verify/page.css",
        "ik_migrate/verify/schema.json",
        "ik_migrate/verify/snapshot-schema.json",
    }
    assert len(codemods) > 10
    packaged = {name for name in names if ".dist-info/" not in name}
    assert packaged == code | codemods | data
    assert any(name.endswith("/LICENSE") for name in names)


def test_wheel_asks_for_little(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = email.message_from_bytes(archive.read(name))
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["License-Expression"] == "MIT"
    needed = {line.partition(">")[0] for line in metadata.get_all("Requires-Dist") if "extra ==" not in line}
    assert needed == {"Jinja2", "click", "fissix", "libcst", "packaging", "rich", "tomli"}
    assert set(metadata.get_all("Provides-Extra")) >= {"docs", "test"}


def test_source_distribution_can_be_tested(built, source):
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    tests = {path.relative_to(source).as_posix() for path in source.glob("tests/**/*") if path.is_file()}
    assert names >= tests | {"CHANGELOG.md", "LICENSE", "Makefile", ".pre-commit-hooks.yaml", "scripts/render_docs.py"}


@pytest.fixture
def project(tmp_path):
    """An ImageKit 2 project with packages of its own that have the names of others."""
    folder = tmp_path / "project"
    for package in ("codemods", "django", "imagekit"):
        (folder / package).mkdir(parents=True)
        (folder / package / "__init__.py").write_text(TRIPWIRE)
    (folder / "manage.py").write_text("")
    (folder / "models.py").write_text(MODELS)
    return folder


@pytest.mark.parametrize("env", [{}, {"PYTHONPATH": "."}], ids=["no path", "PYTHONPATH=."])
@pytest.mark.parametrize("program", ["ik-migrate", "python -m ik_migrate"])
def test_installed_wheel_beside_foreign_packages(installed, project, environment, program, env):
    name, *options = program.split()

    def run(*arguments):
        command = [installed / name, *options, *arguments]
        return subprocess.run(command, cwd=project, env=environment(**env), capture_output=True, text=True, check=False)

    scan = run("scan")
    assert (scan.returncode, scan.stderr) == (1, "")
    assert "models.py  IK101 " in scan.stdout
    apply = run("apply")
    assert apply.returncode == 0 and "cannot be undone" in apply.stderr
    assert (project / "models.py").read_text() == MODELS.replace("image_field=", "source=")


def test_installed_wheel_is_the_one_that_runs(installed, tmp_path):
    place = check(installed / "python", "-c", "import ik_migrate.codemods as c; print(c.__file__)", cwd=tmp_path)
    assert Path(place).is_relative_to(installed.parent)
