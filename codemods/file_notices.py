"""What ImageKit 3 does with files that ImageKit 2 kept apart, deleted, or refused: told, not rewritten."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.codegen.imports import needed
from ik_migrate.imagekit.spec_field import SpecField, fields_of_model, spec_fields
from ik_migrate.imagekit.spec_files import spec_file
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.project.module import Module, per_module
from ik_migrate.project.reporting import make_finding
from ik_migrate.rules import Codemod

_HEAD = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


"""
_TWINS = f"""\
{_HEAD}class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')
    icon = ImageSpecField([ResizeToFill(50, 50)], image_field='image')
"""
_ONE = f"""\
{_HEAD}class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')
"""
_EMPTY = f"""\
{_HEAD}class Photo(models.Model):
    image = models.ImageField(upload_to='photos', blank=True)
    small = ImageSpecField([ResizeToFill(50, 50)], source='image')


def small_url(photo):
    try:
        return photo.small.url
    except ValueError:
        return None
"""


def _renamed(example: str) -> str:
    return example.replace("image_field=", "source=")


TWINS = Rule(
    code="IK512",
    name="specs-alike",
    summary="two specs with equal source and arguments are one file",
    applicability=(Applicability.NOTICE,),
    why=(
        "ImageKit 2 put the attribute's name into the file's name. ImageKit 3 goes by source and arguments alone, so"
        " that both attributes have one file: who deletes it for one has deleted it for both."
    ),
    help="Usually one of the two can go.",
    source="_default_cache_to of 2.0.4; imagekit/cachefiles/namers.py and ImageSpec.get_hash of 3.0.4 to 6.1.1",
    before=_TWINS,
    after=_renamed(_TWINS),
    once_per_project=True,
)
LEFT_BEHIND = Rule(
    code="IK513",
    name="files-left-behind",
    summary="files are not deleted with the instance any more",
    applicability=(Applicability.NOTICE,),
    why=(
        "ImageKit 2 deleted the files of an instance's spec fields when the instance was deleted. ImageKit 3 leaves"
        " them for good, and whoever has the address can still see the picture."
    ),
    help="Where that matters, delete them in a `post_delete` receiver.",
    source="post_delete_receiver in imagekit/models/receivers.py of 2.0.4; imagekit/specs/sourcegroups.py of 3.0.4",
    before=_ONE,
    after=_renamed(_ONE),
    once_per_project=True,
)
EMPTY = Rule(
    code="IK514",
    name="empty-source",
    summary="the `url` of a spec file without a source does not always raise `ValueError`",
    applicability=(Applicability.NOTICE,),
    why=(
        "Where the source is empty, ImageKit 2 raised `ValueError` each time. ImageKit 3 raises a kind of `ValueError`"
        " (`MissingSource`) the first time only, and gives the address of the media folder after that."
    ),
    help="Ask for the source first.",
    source="ImageSpecFieldFile._require_file of 2.0.4; imagekit/exceptions.py and imagekit/specs of 3.0.4 to 6.1.1",
    before=_EMPTY,
    after=_EMPTY,
)

_RECEIVER = """\
@receiver(post_delete, sender={model})
def delete_thumbnails(sender, instance, **kwargs):
    for file in [{files}]:
        if file.name and file.storage.exists(file.name):
            file.storage.delete(file.name)"""
_RECEIVER_NEEDS = (("django.db.models.signals", "post_delete"), ("django.dispatch", "receiver"))
_LONG = 50
_NEEDS_SOURCE = frozenset({"url", "path", "width", "height", "size", "read"})


def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Say at the first field concerned what is otherwise."""
    if spec.is_processed or spec.is_ik3 or not spec.module.project.has_ik2_code:
        return
    module = spec.module
    twin = _twin(spec)
    if twin:
        yield make_finding(TWINS, module, spec.call, f"{spec.label} and {twin} are one file", Applicability.NOTICE)
    message = f"the file of {spec.label} is not deleted with the instance"
    yield make_finding(LEFT_BEHIND, module, spec.call, message, Applicability.NOTICE, suggestion=_receiver(spec))


def _receiver(spec: SpecField) -> str:
    """A receiver that deletes the files of all spec fields of the model; empty where it can't be seen which it is."""
    if spec.model is None:
        return ""
    known = _receivers(spec.module)
    if spec.model not in known:
        known[spec.model] = _receiver_of(spec.module, spec.model)
    return known[spec.model]


@per_module
def _receivers(module: Module) -> dict[ast.ClassDef, str]:
    """What `_receiver` has written for models of a file, which name all their fields; added to."""
    return {}


def _receiver_of(module: Module, model: ast.ClassDef) -> str:
    fields = (other for other in fields_of_model(module, model) if not other.is_processed)
    names = [f"instance.{other.attname}" for other in fields if other.attname]
    files = ", ".join(names)
    if len(files) > _LONG:
        files = "".join(f"\n        {name}," for name in names) + "\n    "
    wanted = [needed(module, source, name)[1] for source, name in _RECEIVER_NEEDS]
    lines = [f"from {each.module} import {each.clause}\n" for imports in wanted for each in imports]
    head = "".join([*lines, "\n"]) if lines else ""
    return head + _RECEIVER.format(model=model.name, files=files) if files else ""


def _twin(spec: SpecField) -> str:
    """An earlier field of the model whose file it shares."""
    return _twins(spec.module).get(spec.call, "")


@per_module
def _twins(module: Module) -> dict[ast.Call, str]:
    """The calls that make fields whose file an earlier field of the model has, with that field."""
    first: dict[tuple[ast.ClassDef, frozenset[tuple[str, str]]], SpecField] = {}
    found: dict[ast.Call, str] = {}
    for spec in spec_fields(module):
        meaning = frozenset(_meaning(spec).items())
        if meaning and spec.model is not None:
            twin = first.setdefault((spec.model, meaning), spec)
            if twin is not spec:
                found[spec.call] = twin.label
    return found


def _meaning(spec: SpecField) -> dict[str, str]:
    """What the name of the file follows from; empty where that can't be told."""
    if spec.given("cache_to") is not None or spec.unseen or spec.is_ik3:
        return {}
    names = {"source": "image_field"}
    return {
        names.get(name, name): ast.dump(argument.value)
        for name, argument in spec.arguments.items()
        if not argument.is_none and name in {"processors", "format", "options", "image_field", "source"}
    }


def check_module(module: Module) -> Iterator[Finding]:
    """Report where code counts on ValueError."""
    for node in module.text.nodes_of(ast.Try):
        if not isinstance(node, ast.Try) or not any(_catches_value_error(module, h) for h in node.handlers):
            continue
        for child in (child for statement in node.body for child in ast.walk(statement)):
            if isinstance(child, ast.Attribute) and child.attr in _NEEDS_SOURCE:
                file = spec_file(module, child.value)
                if file is not None and not file.doubt:
                    shown = module.text.text_of(child.value)
                    message = f"{shown}.{child.attr} does not always raise `ValueError` where there is no source"
                    suggestion = f"if {shown}.generator.source:"
                    yield make_finding(EMPTY, module, child, message, Applicability.NOTICE, suggestion=suggestion)


def _catches_value_error(module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether it says ValueError."""
    if handler.type is None:
        return False
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return "builtins.ValueError" in {module.qualified(item) for item in types}


CODEMOD = Codemod(rules=(TWINS, LEFT_BEHIND, EMPTY), spec_field=check_spec_field, module=check_module)
