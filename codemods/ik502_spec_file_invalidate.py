"""``invalidate()`` of a spec file was removed."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codegen.support.calls import replace_method
from ik_migrate.imagekit.spec_files import spec_file_uses
from ik_migrate.rules import Applicability, Finding, Module, Rule, checks_module, photo_model

RULE = Rule(
    code="IK502",
    name="spec-file-invalidate",
    summary="`invalidate()` of a spec file is a function of the support module",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "A spec file of ImageKit 3 has no `invalidate()`: `AttributeError`. Its `generate(force=True)` is no"
        " substitute: it saves a second file under another name, and the site still serves the old one. Deleting"
        " the file is not enough: ImageKit 3 remembers in its cache that the file exists, and does not generate it"
        " again."
    ),
    help="Call `invalidate_file(file)` of the support module.",
    source="ImageSpecFieldFile in imagekit/models/fields/files.py of 2.0.4; imagekit/cachefiles/ of 3.0.4 to 6.1.1",
    before=photo_model(
        "thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='image')",
        below="""\
def redo_thumbnail(photo):
    photo.thumbnail.invalidate()
""",
    ),
    after=photo_model(
        "thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='image')",
        imports=(
            "from imagekit.models import ImageSpecField",
            "from imagekit.processors import ResizeToFill",
            "from imagekit_support import invalidate_file",
        ),
        below="""\
def redo_thumbnail(photo):
    invalidate_file(photo.thumbnail)
""",
    ),
)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Call the function of the support module that does what the method did."""
    for use in spec_file_uses(module):
        if use.member == "invalidate":
            message = f"`{use.shown}.{use.member}()` {use.is_or_may_be} a method of ImageKit 2"
            yield replace_method(RULE, use, message, "invalidate_file")
