"""``ImageSpecField(**options)``: the names are in a dict that is made elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.engine.blockers import find_blocking, find_blocking_reason
from ik_migrate.imagekit.callability import Verdict, classify
from ik_migrate.imagekit.factories import find_factory, find_partial_factory
from ik_migrate.imagekit.forwarded_kwargs import keyword_uses
from ik_migrate.imagekit.kwargs_dicts import (
    RENAMED_KEYS,
    Entry,
    KeywordDict,
    keyword_dicts,
    unread_keywords,
    with_passed_arguments,
)
from ik_migrate.imagekit.spec_field import IK2_ONLY, spec_fields
from ik_migrate.model.change import Edit
from ik_migrate.model.finding import Finding
from ik_migrate.model.imagekit_names import PROCESSED_FIELD
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.project.module import Module
from ik_migrate.project.reporting import make_finding
from ik_migrate.rules import Codemod

RULE = Rule(
    code="IK109",
    name="keyword-dicts",
    summary="arguments of a spec field that are passed with `**`",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
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

_CALLABLE = "ImageKit 3 takes only a list: it accepts the callable, and fails when the picture is made."
_INTO_CALL = "If it is a callable, write it into the calls of the spec fields: there it is rewritten (IK201)."
_AUTOCONVERT = "ImageKit 2 did not heed autoconvert. ImageKit 3 does: saving a picture with transparency as JPEG fails."


def check_module(module: Module) -> Iterator[Finding]:
    """Rename keys of dicts that are passed to spec fields and to nothing else; report the rest."""
    for found in keyword_dicts(module):
        obstacle = found.other_use or _silent_difference(found)
        why = f"Not rewritten: {obstacle}. {RULE.why}" if obstacle else ""
        names = {entry.name for entry in found.entries}
        for entry in found.entries:
            if entry.name in IK2_ONLY:
                new = RENAMED_KEYS.get(entry.name, "")
                twice = f"Not rewritten: the dict says {new} already. {RULE.why}" if new in names else ""
                yield _renamed(module, entry, why or twice)
        yield from _values(module, found, why)
    for spec in spec_fields(module):
        if spec.is_processed:
            continue
        for expression in unread_keywords(spec):
            yield make_finding(
                RULE,
                module,
                expression,
                f"arguments of {spec.label} come from {module.text.text_of(expression)}, which can't be seen here",
                Applicability.MANUAL,
            )
    yield from _handed_over(module)
    yield from _on_the_way(module)


def _renamed(module: Module, entry: Entry, why: str) -> Finding:
    """A key that ImageKit 3 has another name for, or none."""
    message = f"{entry.name} is passed to a spec field with **"
    new = RENAMED_KEYS.get(entry.name, "")
    if new and not why:
        edit = _rename(module, entry.node, entry.name, new)
        return make_finding(RULE, module, entry.node, message, Applicability.SAFE, changes=(edit,))
    suggestion = f"'{new}': ..." if new else ""
    return make_finding(RULE, module, entry.node, message, Applicability.MANUAL, why=why, suggestion=suggestion)


def _values(module: Module, found: KeywordDict, why: str) -> Iterator[Finding]:
    """Values that mean something else in ImageKit 3, under a key whose name stays."""
    is_ik3 = all(with_passed_arguments(spec).is_ik3 for spec in found.fields)
    for entry in found.entries:
        if entry.name == "processors":
            verdict = classify(module, entry.value).verdict
            if verdict is Verdict.YES or (verdict is Verdict.UNKNOWN and not is_ik3):
                what = "is" if verdict is Verdict.YES else "may be"
                message = f"processors {what} a callable, and is passed to a spec field with **"
                yield make_finding(
                    RULE, module, entry.node, message, Applicability.MANUAL, why=_CALLABLE, help=_INTO_CALL
                )
        elif entry.name == "autoconvert" and _is_false(entry.value) and not is_ik3:
            message = "autoconvert is passed to a spec field with **, and had no effect so far"
            start, end = module.text.start(entry.value), module.text.end(entry.value)
            yield make_finding(
                RULE,
                module,
                entry.node,
                message,
                Applicability.MANUAL if why else Applicability.SAFE,
                changes=() if why else (Edit(start, end, ("True",)),),
                why=why or _AUTOCONVERT,
                help="Drop the key, or say True, the default: that keeps what the site shows.",
            )


def _is_false(expression: ast.expr) -> bool:
    return isinstance(expression, ast.Constant) and expression.value is False


def _silent_difference(found: KeywordDict) -> str:
    """What would not be told any more once the keys are ImageKit 3's; empty where there is no such thing."""
    for spec in found.fields:
        for finding in find_blocking(spec):
            return f"{finding.message}, which has to be seen to first ({finding.rule.code})"
        if reason := find_blocking_reason(spec):
            return reason
    return ""


def _on_the_way(module: Module) -> Iterator[Finding]:
    """``keywords['image_field'] = 'picture'``, in a function that hands its keywords on."""
    for use in keyword_uses(module):
        if use.name == "processors" and use.value is not None and classify(module, use.value).verdict is Verdict.YES:
            message = "processors is a callable, and is handed on to a spec field with **"
            yield make_finding(RULE, module, use.node, message, Applicability.MANUAL, why=_CALLABLE)
        if use.name not in IK2_ONLY:
            continue
        message = f"{use.name} is handed on to a spec field with **"
        new = RENAMED_KEYS.get(use.name, "")
        obstacle = find_blocking_reason(use.field)
        why = f"Not rewritten: {obstacle}. {RULE.why}" if obstacle else ""
        if new and use.value is not None and isinstance(use.node, ast.Constant) and not why:
            edit = _rename(module, use.node, use.name, new)
            yield make_finding(RULE, module, use.node, message, Applicability.SAFE, changes=(edit,))
            continue
        suggestion = f"'{new}'" if new else ""
        yield make_finding(RULE, module, use.node, message, Applicability.MANUAL, why=why, suggestion=suggestion)


def _handed_over(module: Module) -> Iterator[Finding]:
    """``apply(ImageSpecField, (), options)``, ``make(ImageSpecField, image_field='picture')``."""
    for node in module.text.nodes_of(ast.Call):
        if not isinstance(node, ast.Call) or find_partial_factory(module, node) is not None:
            continue
        for argument in node.args:
            maker = find_factory(module, argument)
            if maker is None or maker.field == PROCESSED_FIELD:
                continue
            is_apply = isinstance(node.func, ast.Name) and node.func.id == "apply"
            named = sorted(keyword.arg for keyword in node.keywords if keyword.arg in IK2_ONLY)
            if is_apply or named:
                shown = module.text.text_of(node.func)
                what = ", ".join(named) or "its arguments"
                message = f"{module.text.text_of(argument)} is called by {shown}, which hands {what} on"
                yield make_finding(RULE, module, node, message, Applicability.MANUAL)


def _rename(module: Module, node: ast.Constant | ast.keyword, name: str, new: str) -> Edit:
    """The edit for a key: the text between its quotes, or the keyword of ``dict(...)``."""
    start = module.text.start(node)
    inside = 0 if isinstance(node, ast.keyword) else module.text.text_of(node).index(name)
    return Edit(start + inside, start + inside + len(name), (new,))


CODEMOD = Codemod(rules=(RULE,), module=check_module)
