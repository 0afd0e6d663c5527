"""Fingerprints: the same where a finding is the same, whatever happens around it."""

from __future__ import annotations

import pytest

from ik_migrate.api import scan
from ik_migrate.baseline.fingerprints import fingerprints_of
from ik_migrate.model.options import Options

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([], image_field='image')
    large = ImageSpecField(
        [],
        image_field='image',
    )
"""


@pytest.fixture
def fingerprints(tmp_path):
    """Makes the fingerprints of a file of this content."""

    def fingerprints(text, name="models.py"):
        (tmp_path / name).write_text(text)
        (result,) = scan([tmp_path / name], Options(select=("IK101",)), base=tmp_path).results
        return fingerprints_of(result, result.findings)

    return fingerprints


def test_code_elsewhere_does_not_matter(fingerprints):
    first = fingerprints(MODELS)
    assert len(set(first)) == 2
    for old, new in (
        ("image = ", "title = models.TextField()\n    image = "),
        ("    ", "\t"),
        ("\n", "\r\n"),
        ("models.Model", "Base"),
        ("ImageSpecField([],", "ImageSpecField([ ],"),
    ):
        assert fingerprints(MODELS.replace(old, new)) == first
    # A field that is added or gone does not touch the others.
    added = MODELS.replace("    small", "    tiny = ImageSpecField([], image_field='image')\n    small")
    assert fingerprints(added)[1:] == first
    assert fingerprints(MODELS.replace("    small", "    # small")) == first[1:]


def test_what_is_another_finding_has_another_fingerprint(fingerprints):
    first = fingerprints(MODELS)
    for changed in (MODELS.replace("'image',\n", "'picture',\n"), MODELS.replace("class Photo", "class Picture")):
        assert set(fingerprints(changed)) != set(first)
    assert not set(fingerprints(MODELS, "other.py")) & set(first)
    twice = fingerprints(MODELS.replace("    large = ", "    small = "))
    assert len(set(twice)) == 2 and twice[0] == first[0]
