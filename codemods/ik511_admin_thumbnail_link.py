"""``AdminThumbnail`` links to the thumbnail, no longer to the original."""

from __future__ import annotations

import ast
from collections.abc import Iterator

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

_HEAD = """\
from django.contrib import admin
from django.db import models
from imagekit.admin import AdminThumbnail
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill

"""
_ADMIN = """\


class PhotoAdmin(admin.ModelAdmin):
    list_display = ('__str__', 'preview')
    preview = AdminThumbnail(image_field='thumbnail')
"""

RULE = Rule(
    code="IK511",
    name="admin-thumbnail-link",
    summary="`AdminThumbnail` links to the thumbnail instead of the original",
    applicability=(Applicability.NOTICE, Applicability.SAFE, Applicability.MANUAL),
    why=(
        "Where the model has no `get_absolute_url()`, it reads an attribute of the thumbnail: `source_file`"
        " in ImageKit 2, `source` in ImageKit 3. A spec file has no `source`, so the link leads to the thumbnail"
        " itself."
    ),
    help=("Link to `thumbnail.generator.source.url` in your template, or add `--faithful`."),
    source="imagekit/admin.py of 2.0.4, 3.0.4 and 6.1.1",
    before=f"""\
{_HEAD}
class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    thumbnail = ImageSpecField([ResizeToFill(50, 50)], image_field='image')
{_ADMIN}""",
    after=f"""\
{_HEAD}
class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='image')
{_ADMIN}""",
    path="admin.py",
    once_per_project=True,
)

_CLASS = "imagekit.admin.AdminThumbnail"
_TEMPLATE = (
    "{# a template to name with AdminThumbnail(..., template=...) #}\n"
    '<a href="{{ thumbnail.generator.source.url }}">\n'
    '  <img src="{{ thumbnail.url }}">\n'
    "</a>"
)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Look at each place that makes a thumbnail for the admin, or derives from its class."""
    if not module.project.has_ik2_code and not module.project.faithful:
        return
    parents = module.text.names.parents
    for node in module.text.nodes_of(ast.Name, ast.Attribute):
        parent = parents.get(node)
        is_called = isinstance(parent, ast.Call) and parent.func is node
        # First what takes no time to find out.
        if not (is_called or isinstance(parent, ast.ClassDef)) or not isinstance(node, ast.Name | ast.Attribute):
            continue
        if module.qualified(node) != _CLASS:
            continue
        if isinstance(parent, ast.ClassDef):
            message = f"{parent.name} links to the thumbnail instead of the original"
        elif isinstance(parent, ast.Call) and parent.func is node and not _shows_other_image(module, parent):
            message = "`AdminThumbnail` links to the thumbnail instead of the original"
        else:
            continue
        if module.project.faithful:
            yield _use_support(module, node, message)
        else:
            yield make_finding(RULE, module, parent, message, Applicability.NOTICE, suggestion=_TEMPLATE)


def _shows_other_image(module: Module, call: ast.Call) -> bool:
    """Whether a thumbnail is known to be that of a field that is not a spec field."""
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    shown = call.args[0] if call.args else keywords.get("image_field")
    return isinstance(shown, ast.Constant) and shown.value not in module.project.spec_attributes


def _use_support(module: Module, function: ast.expr, message: str) -> Finding:
    """With ``--faithful``: the class of the support module, which links to the original."""
    try:
        local, changes = use_support(module, "LegacyAdminThumbnail")
    except CannotGenerate as error:
        why = f"Not rewritten: {error}. {RULE.why}"
        return make_finding(RULE, module, function, message, Applicability.MANUAL, why=why)
    edit = Edit(module.text.start(function), module.text.end(function), (local,))
    return make_finding(RULE, module, function, message, Applicability.SAFE, changes=[edit, *changes])
