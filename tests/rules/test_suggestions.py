"""The code that findings show for a person to write."""

from __future__ import annotations

import pytest

from ik_migrate.api import apply, scan
from ik_migrate.model.rule import Applicability

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFit


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    thumb_small = ImageSpecField([ResizeToFit(60, 60)], image_field='image', cache_to='small')
    thumb_large = ImageSpecField([ResizeToFit(90, 90)], image_field='image')
"""
JOBS = """\
from django.db.models.fields.files import FieldFile
from photos.models import Photo


def tidy(photo, size):
    photo.thumb_large.clear()
    getattr(photo, 'thumb_' + size).delete()
    getattr(photo, 'thumb_' + size).validate()
    print(getattr(photo, 'thumb_' + size).source_file.name)
    print(Photo.thumb_small.image_field)
    return isinstance(photo.thumb_large, FieldFile)
"""
SUGGESTED = {
    "IK501": "getattr(photo, 'thumb_' + size).generate()",
    "IK503": "from imagekit.cachefiles.backends import CacheFileState\n\nfile = getattr(photo, 'thumb_' + size)\n"
    "file.storage.delete(file.name)\nfile.cachefile_backend.set_state(file, CacheFileState.DOES_NOT_EXIST)",
    "IK505": "getattr(photo, 'thumb_' + size).generator.source",
    "IK506": "from imagekit.cachefiles import ImageCacheFile\n\nisinstance(photo.thumb_large, ImageCacheFile)",
    "IK507": "Photo.thumb_small.source",
}


@pytest.fixture
def site(tmp_path):
    for name, text in {"__init__.py": "", "models.py": MODELS, "jobs.py": JOBS}.items():
        (tmp_path / "photos").mkdir(exist_ok=True)
        (tmp_path / "photos" / name).write_text(text)
    (tmp_path / "manage.py").touch()
    return tmp_path


def suggested(report):
    """The code to write by the rule that suggests it, of the findings that are left."""
    return {
        finding.rule.code: finding.suggestion
        for result in report.results
        for finding in result.remaining
        if finding.applicability is Applicability.MANUAL and finding.suggestion
    }


def test_code_to_write_is_the_same_before_and_after_the_rewrite(site):
    assert suggested(scan([site], base=site)) == SUGGESTED
    assert suggested(apply([site], base=site)) == SUGGESTED
    assert "    clear_file(photo.thumb_large)\n" in (site / "photos" / "jobs.py").read_text()
    assert suggested(scan([site], base=site)) == SUGGESTED


def test_code_to_write_is_resolved_when_it_is_written(site):
    apply([site], base=site)
    jobs = site / "photos" / "jobs.py"
    text = jobs.read_text().replace("isinstance(photo.thumb_large, FieldFile)", "True")
    for old, code in {
        "getattr(photo, 'thumb_' + size).delete()": "IK503",
        "getattr(photo, 'thumb_' + size).validate()": "IK501",
        "getattr(photo, 'thumb_' + size).source_file": "IK505",
        "Photo.thumb_small.image_field": "IK507",
    }.items():
        assert old in text
        text = text.replace(old, SUGGESTED[code])
    jobs.write_text(text)
    assert suggested(scan([site], base=site)) == {}
