"""``invalidate()``, ``clear()`` and ``delete()`` of a spec file are gone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.imagekit.spec_files import SpecFileUse, spec_file_uses
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.project.module import Module
from ik_migrate.rules import Codemod

_MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='image')

"""
_INVALIDATE = f"""\
{_MODELS}
def redo_thumbnail(photo):
    photo.thumbnail.invalidate()
"""
_DELETE = f"""\
{_MODELS}
def free_space(photo):
    photo.thumbnail.delete()
"""
_SOURCE = "ImageSpecFieldFile in imagekit/models/fields/files.py of 2.0.4; imagekit/cachefiles/ of 3.0.4 to 6.1.1"
_STATE = (
    "It also remembers in the cache that the file is there, and would not make it again after it was merely deleted."
)

INVALIDATE = Rule(
    code="IK502",
    name="spec-file-invalidate",
    summary="`invalidate()` of a spec file is gone",
    applicability=(Applicability.MANUAL,),
    why=(
        "A spec file of ImageKit 3 has no invalidate(): AttributeError. Its generate(force=True) alone is no"
        f" substitute: it saves a second file under another name, and the old one is still served. {_STATE}"
    ),
    help="Delete the file, and have ImageKit forget it; it is made anew when it is next used, or by `generate()`.",
    source=_SOURCE,
    before=_INVALIDATE,
    after=_INVALIDATE,
)

DELETE = Rule(
    code="IK503",
    name="spec-file-delete",
    summary="`clear()` and `delete()` of a spec file are gone",
    applicability=(Applicability.MANUAL,),
    why=f"A spec file of ImageKit 3 has neither clear() nor delete(): AttributeError. {_STATE}",
    help="Delete the file through its storage, and have ImageKit forget it.",
    source=_SOURCE,
    before=_DELETE,
    after=_DELETE,
)


def check_module(module: Module) -> Iterator[Finding]:
    """Report each use, with the code that does the same in ImageKit 3."""
    for use in spec_file_uses(module):
        if use.member == "invalidate":
            # NonValidatingImageCacheBackend made the picture at once, the default one when it was next used.
            at_once = module.project.default_strategy == "Optimistic"
            yield _finding(INVALIDATE, use, use.removal(make_anew=at_once))
        elif use.member in {"clear", "delete"}:
            code = use.removal(make_anew=False)
            if use.member == "delete" and use.call is not None and _saves(use.call):
                code += f"\n{use.owner}.save()"
            yield _finding(DELETE, use, code)


def _finding(rule: Rule, use: SpecFileUse, suggestion: str) -> Finding:
    message = f"{use.shown} {use.is_or_may_be} a spec file, which has no {use.member}() any more"
    return use.make_finding(rule, message, Applicability.MANUAL, suggestion=suggestion)


def _saves(call: ast.Call) -> bool:
    """Whether ``delete`` is told to save the instance, too."""
    values = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "save")]
    return any(not isinstance(value, ast.Constant) or bool(value.value) for value in values)


CODEMOD = Codemod(rules=(INVALIDATE, DELETE), module=check_module)
