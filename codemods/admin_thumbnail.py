"""``AdminThumbnail`` links to the thumbnail, no longer to the original."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.codegen.errors import CannotGenerate
from ik_migrate.codegen.support.use import use_support
from ik_migrate.model.change import Edit
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.project.module import Module
from ik_migrate.project.reporting import make_finding
from ik_migrate.rules import Codemod

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
        "Where the model has no `get_absolute_url()`, it asks the thumbnail for its original: `source_file` in ImageKit"
        " 2, `source` in ImageKit 3. A spec file has no source, so the link leads to the thumbnail itself."
    ),
    help="For the link to the original, give it a template of your own that links to `thumbnail.generator.source.url`.",
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

_TEMPLATE = (
    "{# a template to name with AdminThumbnail(..., template=...) #}\n"
    '<a href="{{ thumbnail.generator.source.url }}">\n'
    '  <img src="{{ thumbnail.url }}">\n'
    "</a>"
)


def check_module(module: Module) -> Iterator[Finding]:
    """Say it at the first thumbnail in the admin that is a spec file."""
    if not module.project.has_ik2_code:
        return
    for node in module.text.nodes_of(ast.Call):
        if not isinstance(node, ast.Call) or module.qualified(node.func) != "imagekit.admin.AdminThumbnail":
            continue
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        shown = node.args[0] if node.args else keywords.get("image_field")
        is_literal = isinstance(shown, ast.Constant)
        if is_literal and shown.value not in module.project.spec_attributes:  # type: ignore[union-attr]
            continue
        if "template" in keywords or len(node.args) > 1:
            continue
        message = "`AdminThumbnail` links to the thumbnail instead of the original"
        if not module.project.faithful:
            yield make_finding(RULE, module, node, message, Applicability.NOTICE, suggestion=_TEMPLATE)
            return
        yield _use_support(module, node.func, message)


def _use_support(module: Module, function: ast.expr, message: str) -> Finding:
    """With ``--faithful``: the class of the support module, which links to the original."""
    try:
        local, changes = use_support(module, "LegacyAdminThumbnail")
    except CannotGenerate as error:
        why = f"Not rewritten: {error}. {RULE.why}"
        return make_finding(RULE, module, function, message, Applicability.MANUAL, why=why)
    edit = Edit(module.text.start(function), module.text.end(function), (local,))
    return make_finding(RULE, module, function, message, Applicability.SAFE, changes=[edit, *changes])


CODEMOD = Codemod(rules=(RULE,), module=check_module)
