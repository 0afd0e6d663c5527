"""``ImageSpecField(**options)``: the names are in a dict that is made elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.codegen.legacy_field import falls_back
from ik_migrate.imagekit.kwargs_dicts import RENAMED_KEYS, Entry, keyword_dicts, with_passed_arguments
from ik_migrate.rules import Applicability, Edit, Finding, Module, Rule, checks_module, make_finding

RULE = Rule(
    code="IK109",
    name="keyword-dicts",
    summary="arguments of a spec field that are passed with `**`",
    applicability=(Applicability.SAFE,),
    why=(
        "The arguments of a spec field have other names in ImageKit 3, also where they are the keys of a dict that is"
        " passed with `**`: `TypeError` while the models are being loaded."
    ),
    help="Rename the keys: `image_field` is `source`, `storage` is `cachefile_storage`; the others need a spec class.",
    source="ImageSpecField.__init__ in imagekit/models/fields/__init__.py, 2.0.4 and 3.0.4 to 6.1.1",
    before="""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill

THUMBNAIL = {'image_field': 'image', 'format': 'JPEG'}


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], **THUMBNAIL)
    large = ImageSpecField([ResizeToFill(500, 500)], **THUMBNAIL)
""",
    after="""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill

THUMBNAIL = {'source': 'image', 'format': 'JPEG'}


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], **THUMBNAIL)
    large = ImageSpecField([ResizeToFill(500, 500)], **THUMBNAIL)
""",
)

_AUTOCONVERT = "ImageKit 2 ignored `autoconvert`. ImageKit 3 respects it: saving transparency as JPEG fails."


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Rename keys of dicts that are passed to spec fields, and to nothing else."""
    for found in keyword_dicts(module):
        if found.other_use or any(falls_back(field) for field in found.fields):
            continue
        is_ik3 = all(with_passed_arguments(field).is_ik3 for field in found.fields)
        for entry in found.entries:
            new = RENAMED_KEYS.get(entry.name, "")
            if new:
                yield _rename_key(module, entry, new)
            elif entry.name == "autoconvert" and _is_false(entry.value) and not is_ik3:
                yield _enable_autoconvert(module, entry)


def _rename_key(module: Module, entry: Entry, new: str) -> Finding:
    start = module.text.start(entry.node)
    inside = 0 if isinstance(entry.node, ast.keyword) else module.text.text_of(entry.node).index(entry.name)
    edit = Edit(start + inside, start + inside + len(entry.name), (new,))
    message = f"`{entry.name}` is passed to a spec field with `**`"
    return make_finding(RULE, module, entry.node, message, Applicability.SAFE, changes=(edit,))


def _enable_autoconvert(module: Module, entry: Entry) -> Finding:
    edit = Edit(module.text.start(entry.value), module.text.end(entry.value), ("True",))
    return make_finding(
        RULE,
        module,
        entry.node,
        "`autoconvert` is passed to a spec field with `**`; it had no effect in ImageKit 2",
        Applicability.SAFE,
        changes=(edit,),
        why=_AUTOCONVERT,
        help="Remove the key, or set it to True, the default.",
    )


def _is_false(expression: ast.expr) -> bool:
    return isinstance(expression, ast.Constant) and expression.value is False
