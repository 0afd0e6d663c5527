"""What ``--todo``, ``--keep-cache-names``, ``--target`` and ``--select`` do to a project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ik_migrate.model.targets import target_like

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image', format='JPEG')
    other = ImageSpecField([ResizeToFill(9, 9)],
                           image_field='image', source='image')
"""
TODO = "    # TODO(ik-migrate IK101): Photo.other: both `image_field=` and `source=`\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "models.py").write_text(MODELS)
    (tmp_path / "requirements.txt").write_text("Django==1.5\ndjango-imagekit==2.0.4\n")
    return tmp_path


def test_todo_stands_above_the_statement_and_comes_once(run, project):
    run("apply", "--todo", cwd=project)
    text = (project / "models.py").read_text()
    assert TODO + "    other = ImageSpecField([ResizeToFill(9, 9)],\n" in text
    assert "# TODO(ik-migrate IK603): " in (project / "requirements.txt").read_text()
    assert run("apply", "--todo", cwd=project).status == 1
    assert (project / "models.py").read_text() == text


def test_todo_goes_when_the_place_is_seen_to(run, project):
    run("apply", "--todo", cwd=project)
    path = project / "models.py"
    path.write_text(path.read_text().replace(", source='image')", ")"))
    run("apply", "--todo", cwd=project)
    assert "TODO" not in path.read_text()


def test_todo_of_the_projects_own_stays(run, project):
    path = project / "models.py"
    path.write_text(MODELS.replace("    other", "    # TODO(anna IK201): look at this\n    other"))
    run("apply", "--todo", cwd=project)
    text = path.read_text()
    assert "    # TODO(anna IK201): look at this\n    # TODO(ik-migrate IK" in text and TODO in text


def test_todo_is_not_written_without_being_asked_for(run, project):
    run("apply", cwd=project)
    assert "TODO" not in (project / "models.py").read_text()


def test_cache_names_are_written_out(run, project):
    run("apply", "--keep-cache-names", cwd=project)
    text = (project / "models.py").read_text()
    assert "class PhotoSmall(ImageKit2NameSpec):\n" in text
    assert "small = ImageSpecField(source='image', spec=PhotoSmall)\n" in text
    # What nobody can tell the meaning of stays.
    assert "other = ImageSpecField([ResizeToFill(9, 9)],\n" in text and "image_field='image', source='image')\n" in text


def test_cache_names_are_kept_to_the_letter_on_python_2(run, project):
    """``.jpe`` is what Python 2 said for a JPEG of another format."""
    run("apply", "--keep-cache-names", cwd=project)
    support = (project / "imagekit_support.py").read_text()
    condition = "if extension == '.jpg' and not self.source.name.endswith('.jpg'):"
    assert f"{condition}\n            extension = '.jpe'" in support


@pytest.mark.parametrize(("target", "pin"), [("3.0", ">=3.0,<3.1"), ("4.1", ">=4.1,<5"), ("6.1", ">=6.1,<7")])
def test_target_decides_the_pin(run, project, target, pin):
    run("apply", "--unsafe-fixes", "--target", target, cwd=project)
    assert f"django-imagekit{pin}\n" in (project / "requirements.txt").read_text()


def test_target_that_is_not_there(run, project):
    done = run("scan", "--target", "2.9", cwd=project)
    assert done.status == 2
    assert '"2.9" is not a target' in done.stderr and "6.1" in done.stderr


@pytest.mark.parametrize(
    ("written", "meant"), [("4", "4.0"), ("4.0.2", "4.0"), ("v5", "5.0"), ("6", "6.1"), ("3.1", "3.3"), ("4.9", "4.1")]
)
def test_target_that_may_be_meant(written, meant):
    assert target_like(written) == meant


def test_rules_can_be_chosen(run, project):
    run("apply", "--select", "IK203,IK603", "--unsafe-fixes", cwd=project)
    assert (project / "models.py").read_text() == MODELS
    assert "django-imagekit>=4.0,<4.1" in (project / "requirements.txt").read_text()
    run("apply", "--ignore", "IK2", cwd=project)
    assert "[ResizeToFill(50, 50)], source='image'" in (project / "models.py").read_text()


@pytest.mark.parametrize("options", [(), ("--faithful",), ("--keep-cache-names",)])
def test_help_does_not_advise_a_given_option(run, project, options):
    (project / "views.py").write_text("def show(photo):\n    return photo.small.field.cache_to\n")
    report = json.loads(run("scan", "--format", "json", *options, cwd=project).stdout)
    texts = [finding["help"] for file in report["files"] for finding in file["findings"]]
    for option in ("--faithful", "--keep-cache-names"):
        assert any(f"dd `{option}`" in text for text in texts) is (option not in options), option
    assert all(text.endswith((".", "`")) for text in texts)
