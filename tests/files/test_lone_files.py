"""Files that lie in no project, in a home folder for instance, and single files of one."""

from __future__ import annotations

from ik_migrate import api
from ik_migrate.files import walk

FIELD = """\
from imagekit.models import ImageSpecField


class Small(ImageSpecField):
    pass
"""
MODELS = """\
from django.db import models
from {module} import Small


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = Small([], image_field='image')
"""


def test_what_lies_beside_is_understood_and_the_rest_is_not_entered(run, tmp_path, monkeypatch):
    for folder in ("pkg", "pkg/deep", "stuff/pkg"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "__init__.py").write_text("")
        (tmp_path / folder / "fields.py").write_text(FIELD)
    (tmp_path / "beside.py").write_text(FIELD)
    read = set()
    content = walk._content
    monkeypatch.setattr(walk, "_content", lambda path: (read.add(path), content(path))[1])
    for module in ("beside", "pkg.fields", "pkg.deep.fields"):
        file = tmp_path / "models.py"
        file.write_text(MODELS.format(module=module))
        report = api.scan([file], base=tmp_path)
        assert [(r.path, [f.rule.code for f in r.applied]) for r in report.results] == [("models.py", ["IK101"])]
    assert str(tmp_path / "pkg" / "deep" / "fields.py") in read
    assert not any("stuff" in path for path in read)
    # Who names the folder means all of it.
    api.scan([tmp_path], base=tmp_path)
    assert any("stuff" in path for path in read)


def test_only_what_was_asked_for_is_said_to_be_without_findings(run, photo_site, git):
    for _ in range(2):
        done = run("scan", "core/stats.py", "urls.py", cwd=photo_site)
        assert done.stdout == "No ImageKit 2 code found in 2 files.\n"
        git(photo_site, "init", "-q")
