"""``validate()`` of a spec file is ``generate()``."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.imagekit.spec_files import spec_file_uses
from ik_migrate.model.change import Edit
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.project.module import Module
from ik_migrate.rules import Codemod

RULE = Rule(
    code="IK501",
    name="spec-file-validate",
    summary="`validate()` of a spec file is called `generate()`",
    applicability=(Applicability.UNSAFE, Applicability.MANUAL),
    why=(
        "A spec file of ImageKit 3 has no `validate()`: `AttributeError`. Its `generate()` makes the picture if it is"
        " not there, but goes by what the cache says of that, where ImageKit 2 asked the storage; and with a backend"
        " that does not validate (`NonValidatingImageCacheBackend`) ImageKit 2 did nothing here."
    ),
    help="Call `generate()`.",
    source="ImageSpecFieldFile in imagekit/models/fields/files.py of 2.0.4; ImageCacheFile of 3.0.4 to 6.1.1",
    before="""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='image')


def warm_up():
    for photo in Photo.objects.all():
        photo.thumbnail.validate()
""",
    after="""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='image')


def warm_up():
    for photo in Photo.objects.all():
        photo.thumbnail.generate()
""",
)


def check_module(module: Module) -> Iterator[Finding]:
    """Rename the method where it is called as ImageKit 2 had it; report what passes it on."""
    for use in spec_file_uses(module):
        if use.member != "validate":
            continue
        message = f"{use.shown} {use.is_or_may_be} a spec file, which has no validate() any more"
        if not use.has_no_arguments:
            suggestion = f"{use.shown}.generate{'()' if use.call is not None else ''}"
            yield use.make_finding(RULE, message, Applicability.MANUAL, suggestion=suggestion)
            continue
        end = module.text.end(use.node)
        yield use.make_finding(
            RULE,
            message,
            Applicability.UNSAFE,
            changes=(Edit(end - len("validate"), end, ("generate",)),),
            suggestion=f"{use.shown}.generate()",
        )


CODEMOD = Codemod(rules=(RULE,), module=check_module)
