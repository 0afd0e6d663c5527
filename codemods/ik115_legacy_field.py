"""Fields whose arguments only the running site can tell: the field of the support module takes them as they are."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codegen.legacy_field import FieldReference, find_references
from ik_migrate.rules import (
    Applicability,
    CannotGenerate,
    Edit,
    Finding,
    Module,
    Rule,
    checks_module,
    make_finding,
    use_support,
)

RULE = Rule(
    code="IK115",
    name="legacy-field",
    summary="a spec field whose arguments are only known when the site runs",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "The arguments cannot be determined from the code. `LegacyImageSpecField` of the support module is"
        " ImageKit 3's field with ImageKit 2's arguments, which it translates at run time."
    ),
    help="Replace `ImageSpecField` by `LegacyImageSpecField` of the support module, and keep its arguments.",
    source="ImageSpecField and ImageSpecFieldFile in imagekit/models/fields/ of 2.0.4",
    before="""\
from django.conf import settings
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField(settings.THUMBNAIL_PROCESSORS, image_field='image')
""",
    after="""\
from django.conf import settings
from django.db import models
from imagekit_support import LegacyImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = LegacyImageSpecField(settings.THUMBNAIL_PROCESSORS, image_field='image')
""",
)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Name the field of the support module in the place of ImageKit's."""
    for reference in find_references(module):
        yield _finding(module, reference)


def _finding(module: Module, reference: FieldReference) -> Finding:
    message = f"{reference.shown}: {reference.reason}"
    node = reference.node
    try:
        local, changes = use_support(module, "LegacyImageSpecField")
    except CannotGenerate as error:
        return make_finding(
            RULE, module, node, message, Applicability.MANUAL, why=f"Not rewritten: {error}. {RULE.why}"
        )
    edit = Edit(module.text.start(node), module.text.end(node), (local,))
    return make_finding(RULE, module, node, message, Applicability.SAFE, changes=[edit, *changes])
