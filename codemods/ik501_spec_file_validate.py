"""``validate()`` of a spec file is ``generate()``."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codegen.support.calls import replace_method
from ik_migrate.imagekit.spec_files import spec_file_uses
from ik_migrate.rules import Applicability, Finding, Module, Rule, checks_module, photo_model

RULE = Rule(
    code="IK501",
    name="spec-file-validate",
    summary="`validate()` of a spec file is a function of the support module",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "A spec file of ImageKit 3 has no `validate()`: `AttributeError`. Its `generate()` asks the cache whether"
        " the file exists; ImageKit 2 asked the storage, and did nothing with `NonValidatingImageCacheBackend`."
    ),
    help="Call `validate_file(file)` of the support module.",
    source="ImageSpecFieldFile in imagekit/models/fields/files.py of 2.0.4; ImageCacheFile of 3.0.4 to 6.1.1",
    before=photo_model(
        "thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='image')",
        below="""\
def warm_up():
    for photo in Photo.objects.all():
        photo.thumbnail.validate()
""",
    ),
    after=photo_model(
        "thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='image')",
        imports=(
            "from imagekit.models import ImageSpecField",
            "from imagekit.processors import ResizeToFill",
            "from imagekit_support import validate_file",
        ),
        below="""\
def warm_up():
    for photo in Photo.objects.all():
        validate_file(photo.thumbnail)
""",
    ),
)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Call the function of the support module that does what ``validate()`` did."""
    for use in spec_file_uses(module):
        if use.member == "validate":
            message = f"`{use.shown}.validate()` {use.is_or_may_be} a method of ImageKit 2"
            yield replace_method(RULE, use, message, "validate_file")
