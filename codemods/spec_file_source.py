"""``source_file`` of a spec file is the ``source`` of its generator."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codemod import Codemod
from ik_migrate.edits import Edit
from ik_migrate.findings import Applicability, Finding, Rule
from ik_migrate.project import Module
from ik_migrate.spec_files import spec_file_uses

RULE = Rule(
    code="IK505",
    name="spec-file-source",
    summary="`source_file` of a spec file is `generator.source`",
    applicability=(Applicability.UNSAFE, Applicability.MANUAL),
    why=(
        "A spec file of ImageKit 3 has no source_file, nor a source: AttributeError. Its generator has the source:"
        " the field file of the ImageField, or another spec file where the spec is made from one."
    ),
    todo="Write generator.source.",
    source="ImageSpecFieldFile.source_file of 2.0.4; BaseImageSpec in imagekit/specs/__init__.py of 3.0.4 to 6.1.1",
    before="""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='image')


def original_of(photo):
    return photo.thumbnail.source_file.url
""",
    after="""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='image')


def original_of(photo):
    return photo.thumbnail.generator.source.url
""",
)


def check_module(module: Module) -> Iterator[Finding]:
    """Write the longer way."""
    for use in spec_file_uses(module):
        if use.member != "source_file":
            continue
        end = module.text.end(use.node)
        yield use.report(
            RULE,
            f"{use.shown} is a spec file, which has no source_file any more",
            Applicability.UNSAFE,
            changes=(Edit(end - len("source_file"), end, ("generator.source",)),),
            suggestion=f"{use.shown}.generator.source",
        )


CODEMOD = Codemod(rules=(RULE,), module=check_module)
