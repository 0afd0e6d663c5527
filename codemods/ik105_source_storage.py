"""A source with its own storage: ImageKit 2 saved the generated images to it."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.imagekit.kwargs_dicts import with_passed_arguments
from ik_migrate.imagekit.source_storage import find_source_storage
from ik_migrate.rules import (
    AddArgument,
    Applicability,
    Finding,
    ImageSymptom,
    Rule,
    Sign,
    SpecField,
    checks_spec_field,
    make_finding,
)

RULE = Rule(
    code="IK105",
    name="source-storage",
    summary="images are no longer saved to the storage of their source",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "A spec field without `storage=` saved to the storage of its source `ImageField`. ImageKit 3 saves to the"
        " default storage: images generated from a private storage would become public."
    ),
    help="Name the source's storage with `cachefile_storage=`.",
    source="ImageSpecFieldFile.storage in imagekit/models/fields/files.py of 2.0.4; ImageCacheFile of 3.0.4 to 6.1.1",
    before="""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill
from photos.storages import vault


class Scan(models.Model):
    image = models.ImageField(upload_to='scans', storage=vault)
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')
""",
    after="""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill
from photos.storages import vault


class Scan(models.Model):
    image = models.ImageField(upload_to='scans', storage=vault)
    small = ImageSpecField([ResizeToFill(50, 50)], source='image', cachefile_storage=vault)
""",
    symptoms=(
        ImageSymptom(
            Sign.STORAGE_OF_SOURCE,
            "ImageKit 2 saved to the storage of the source, ImageKit 3 saves to the default storage",
        ),
    ),
)


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Give the field its source's storage where that can be named."""
    if spec.is_processed or spec.is_ik3 or spec.given("storage") or spec.given("cachefile_storage"):
        return
    if spec.given_elsewhere is not None:
        return
    storage = find_source_storage(with_passed_arguments(spec))
    if storage.is_known and storage.expression:
        message = f"{spec.label}: its source has the storage {storage.shown}"
        add = AddArgument(spec.offset, "cachefile_storage", (storage.expression,))
        yield make_finding(RULE, spec.module, spec.call, message, Applicability.SAFE, changes=(add,))
