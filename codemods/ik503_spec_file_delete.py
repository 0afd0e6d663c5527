"""``clear()`` and ``delete()`` of a spec file were removed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.codegen.support.calls import replace_method, suggest_by_hand
from ik_migrate.imagekit.spec_files import spec_file_uses
from ik_migrate.rules import Applicability, Finding, Module, Rule, checks_module, photo_model

RULE = Rule(
    code="IK503",
    name="spec-file-delete",
    summary="`clear()` and `delete()` of a spec file are functions of the support module",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "A spec file of ImageKit 3 has neither `clear()` nor `delete()`: `AttributeError`. Deleting the file"
        " through its storage is not enough: ImageKit 3 caches that it exists, and does not regenerate it."
    ),
    help="Call `clear_file(file)` or `remove_file(file)` of the support module.",
    source="ImageSpecFieldFile in imagekit/models/fields/files.py of 2.0.4; imagekit/cachefiles/ of 3.0.4 to 6.1.1",
    before=photo_model(
        "thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='image')",
        below="""\
def free_space(photo):
    photo.thumbnail.delete()
""",
    ),
    after=photo_model(
        "thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='image')",
        imports=(
            "from imagekit.models import ImageSpecField",
            "from imagekit.processors import ResizeToFill",
            "from imagekit_support import remove_file",
        ),
        below="""\
def free_space(photo):
    remove_file(photo.thumbnail)
""",
    ),
)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Call the functions of the support module that do what the methods did."""
    for use in spec_file_uses(module):
        message = f"`{use.shown}.{use.member}()` {use.is_or_may_be} a method of ImageKit 2"
        if use.member == "clear":
            yield replace_method(RULE, use, message, "clear_file")
        elif use.member == "delete" and use.call is not None and _saves(use.call):
            suggestion = f"{suggest_by_hand('remove_file', use.shown)}\n{use.owner or 'instance'}.save()"
            yield use.make_finding(RULE, message, Applicability.MANUAL, suggestion=suggestion)
        elif use.member == "delete":
            yield replace_method(RULE, use, message, "remove_file")


def _saves(call: ast.Call) -> bool:
    """Whether ``delete`` also saves the instance."""
    values = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "save")]
    return any(not isinstance(value, ast.Constant) or bool(value.value) for value in values)
