"""``generate()`` of a spec file has another argument, and gives nothing back."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.codegen.support.calls import replace_method
from ik_migrate.imagekit.spec_files import SpecFileUse, spec_file_uses
from ik_migrate.rules import Applicability, Finding, Module, Rule, checks_module, is_ik3_code, photo_model

_EXAMPLE = photo_model(
    "thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='image')",
    below="""\
def thumbnail_for_mail(photo):
    return photo.thumbnail.generate(save=False).read()
""",
)

RULE = Rule(
    code="IK504",
    name="spec-file-generate",
    summary="`generate()` of a spec file takes `force=` instead of `save=`, and returns nothing",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 2 generated the image in any case, saved it unless `save=False` was given, and returned its"
        " content. ImageKit 3 generates it only if it does not exist, and returns None. `save=` is a `TypeError`,"
        " and a positional argument means `force`. `generate(force=True)` does not overwrite: it saves a second"
        " file that is never used."
    ),
    help="Call `generate_file(file, save=...)` of the support module.",
    source="ImageSpecFieldFile.generate of 2.0.4; ImageCacheFile.generate in imagekit/cachefiles of 3.0.4 to 6.1.1",
    before=_EXAMPLE,
    after=photo_model(
        "thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='image')",
        imports=(
            "from imagekit.models import ImageSpecField",
            "from imagekit.processors import ResizeToFill",
            "from imagekit_support import generate_file",
        ),
        below="""\
def thumbnail_for_mail(photo):
    return generate_file(photo.thumbnail, save=False).read()
""",
    ),
)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Call the function of the support module that does what ``generate()`` did."""
    for use in spec_file_uses(module):
        if use.member != "generate" or use.call is None:
            continue
        keywords = {keyword.arg for keyword in use.call.keywords}
        if "force" in keywords or not _is_ik2(use, use.call):
            continue
        given = [use.module.text.text_of(argument) for argument in [*use.call.args, *use.call.keywords]]
        message = f"`{use.shown}.generate()` has other arguments in ImageKit 3, and returns None"
        yield replace_method(RULE, use, message, "generate_file", "".join(f", {text}" for text in given))


def _is_ik2(use: SpecFileUse, call: ast.Call) -> bool:
    """Whether it is ImageKit 2's method: by its argument, by its result, or by the code around it."""
    if call.args or call.keywords or not use.is_statement:
        return True
    return use.module.project.has_ik2_code and not is_ik3_code(use.module, use.node)
