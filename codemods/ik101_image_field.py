"""``image_field=`` is ``source=``."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.rules import (
    Applicability,
    ErrorSymptom,
    Finding,
    RenameArgument,
    Rule,
    SpecField,
    checks_spec_field,
    make_finding,
)

RULE = Rule(
    code="IK101",
    name="image-field",
    summary="`image_field=` of a spec field was renamed to `source=`",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why="ImageKit 3 raises `TypeError` for `image_field=` while the models are being loaded.",
    help="Rename the argument to `source=`.",
    source="ImageSpecField.__init__ in imagekit/models/fields/__init__.py, 2.0.4 and 3.0.4 to 6.1.1",
    blocks_call=True,
    is_part_of_class=True,
    before="""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Profile(models.Model):
    avatar = models.ImageField(upload_to='avatars')
    thumbnail = ImageSpecField([ResizeToFill(50, 50)], image_field='avatar')
""",
    after="""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Profile(models.Model):
    avatar = models.ImageField(upload_to='avatars')
    thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='avatar')
""",
    symptoms=(ErrorSymptom("unexpected keyword argument '?image_field", "image_field= was renamed to source="),),
)


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Rename the keyword, but for a call that has a ``source=`` already."""
    argument = spec.arguments.get("image_field")
    if spec.is_processed or argument is None or argument.keyword is None:
        return
    if "source" in spec.arguments:
        yield make_finding(
            RULE,
            spec.module,
            argument.keyword,
            f"{spec.label}: both `image_field=` and `source=`",
            Applicability.MANUAL,
            help="Keep the one that names the `ImageField`, as `source=`.",
        )
        return
    yield make_finding(
        RULE,
        spec.module,
        argument.keyword,
        f"{spec.label}: `image_field=` was renamed to `source=`",
        Applicability.SAFE,
        changes=(RenameArgument(spec.offset, "image_field", "source"),),
    )
