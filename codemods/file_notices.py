"""What ImageKit 3 does with files that ImageKit 2 kept apart, deleted, or refused: told, not rewritten."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.codegen.errors import CannotGenerate
from ik_migrate.codegen.legacy_field import first_field_of
from ik_migrate.codegen.spec_class import span_of
from ik_migrate.codegen.support.use import require_support, support_of, use_support
from ik_migrate.imagekit.spec_field import SpecField, spec_fields
from ik_migrate.imagekit.spec_files import spec_file
from ik_migrate.model.change import AddArgument, AddImport, Change, Edit
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
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')


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
    summary="two specs with equal source and arguments share one file",
    applicability=(Applicability.NOTICE, Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 2 put the attribute's name into the file's name. ImageKit 3 goes by source and arguments alone, so"
        " that both attributes have one file: deleting it for one deletes it for both."
    ),
    help="Usually one of the two can be removed.",
    source="_default_cache_to of 2.0.4; imagekit/cachefiles/namers.py and ImageSpec.get_hash of 3.0.4 to 6.1.1",
    before=_TWINS,
    after=_renamed(_TWINS),
    once_per_project=True,
)
LEFT_BEHIND = Rule(
    code="IK513",
    name="files-left-behind",
    summary="cache files are not deleted with the instance",
    applicability=(Applicability.NOTICE, Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 2 deleted the files of an instance's spec fields when the instance was deleted. ImageKit 3 keeps"
        " them, and the image is still served at its address."
    ),
    help="Add `--faithful`, which deletes them.",
    source="post_delete_receiver in imagekit/models/receivers.py of 2.0.4; imagekit/specs/sourcegroups.py of 3.0.4",
    before=_ONE,
    after=_renamed(_ONE),
    once_per_project=True,
)
STATE = Rule(
    code="IK516",
    name="cached-existence",
    summary="the existence of a cache file is cached",
    applicability=(Applicability.NOTICE,),
    why=(
        "ImageKit 2 asked the storage each time an image was used. ImageKit 3 asks its cache, by default the memory of"
        " the process, by the name of the file: a thumbnail that is removed by another process or by hand is not"
        " generated again, and two files of one name in two storages share one state."
    ),
    help="Use a cache that all processes share, or add `--faithful`.",
    source="imagekit/imagecache/base.py of 2.0.4; imagekit/cachefiles/backends.py of 3.0.4 to 6.1.1",
    before=_ONE,
    after=_renamed(_ONE),
    once_per_project=True,
)
SAME_NAME = Rule(
    code="IK517",
    name="same-name-again",
    summary="a new image with the name of a deleted one shows the old thumbnail",
    applicability=(Applicability.NOTICE,),
    why=(
        "ImageKit 2 deleted the thumbnail when the name of the source changed. ImageKit 3 goes by the name of the"
        " source alone: if an image is deleted and another one is uploaded with its name, the site shows the old"
        " thumbnail."
    ),
    help="Add `--faithful` if the site deletes or overwrites source images.",
    source="post_save_receiver in imagekit/models/receivers.py of 2.0.4; imagekit/specs/sourcegroups.py of 3.0.4",
    before=_ONE,
    after=_renamed(_ONE),
    once_per_project=True,
)
LOST = Rule(
    code="IK518",
    name="lost-original",
    summary="the `url` of an image whose original is lost raises an exception",
    applicability=(Applicability.NOTICE,),
    why=(
        "ImageKit 2 gave the address of a thumbnail whether its original still existed or not. ImageKit 3 raises"
        " `IOError` when it cannot generate the file, and so does the page. It remembers the attempt: from then on it"
        " gives an address where there is no file, even when the original is back or repaired."
    ),
    help="Find rows without their original, or add `--faithful --keep-cache-names`.",
    source="SpecFileGenerator.generate_file in imagekit/generators.py of 2.0.4; imagekit/specs/__init__.py of 3.0.4",
    before=_ONE,
    after=_renamed(_ONE),
    once_per_project=True,
)
OBJECT = Rule(
    code="IK519",
    name="spec-file-object",
    summary="a spec file is an instance of another class",
    applicability=(Applicability.NOTICE,),
    why=(
        "ImageKit 2 had Django's `ImageFieldFile`. ImageKit 3 has `ImageCacheFile`: its truth value generates the"
        " image; it is equal to itself alone; an empty one has `/media/` as its `url`; `attname`, `instance` and"
        " `source_file` were removed; reading it right after it was generated can raise `ValueError`; below 5.0, `size`"
        " and `len()` raise."
    ),
    help="Check code that uses more than `url`, or add `--faithful`.",
    source="ImageSpecFieldFile of 2.0.4; imagekit/cachefiles/__init__.py of 3.0.4 to 6.1.1",
    before=_ONE,
    after=_renamed(_ONE),
    once_per_project=True,
)
EMPTY = Rule(
    code="IK514",
    name="empty-source",
    summary="the `url` of a spec file without a source does not always raise `ValueError`",
    applicability=(Applicability.SAFE, Applicability.UNSAFE, Applicability.NOTICE),
    why=(
        "Where the source is empty, ImageKit 2 raised `ValueError` each time. ImageKit 3 raises a kind of `ValueError`"
        " (`MissingSource`) the first time only, and returns the URL of the media folder afterwards."
    ),
    help="Pass the file through `require_source` of the support module, or check the source first.",
    source="ImageSpecFieldFile._require_file of 2.0.4; imagekit/exceptions.py and imagekit/specs of 3.0.4 to 6.1.1",
    before=_EMPTY,
    after=_renamed(_EMPTY)
    .replace("photo.small.url", "require_source(photo.small).url")
    .replace("import ResizeToFill\n", "import ResizeToFill\nfrom imagekit_support import require_source\n"),
)

_RUN_TIME = (
    (STATE, "the existence of the file of {} is cached"),
    (SAME_NAME, "{} can show an outdated image if a source name is used again"),
    (LEFT_BEHIND, "the file of {} is not deleted with the instance"),
    (LOST, "{} raises an exception if its original is lost"),
    (OBJECT, "{} returns an `ImageCacheFile` instead of an `ImageFieldFile`"),
)
"""What `--faithful` keeps, and what happens without it."""
_RECEIVERS = ("remove_all_files", "note_sources", "use_spec_files")
"""The pieces of the support module that follow the instances, with ``--faithful``."""
_NEEDS_SOURCE = frozenset({"url", "path", "width", "height", "size", "read"})


def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Name at the first field concerned what differs when the site runs."""
    if spec.is_processed or spec.is_ik3 or not spec.module.project.has_ik2_code:
        return
    module = spec.module
    twin = _twin(spec)
    if twin is not None and _storage(twin) == _storage(spec):
        message = f"{spec.label} and {twin.label} share one file"
        yield make_finding(TWINS, module, spec.call, message, Applicability.NOTICE)
    elif twin is not None and not module.project.faithful:
        yield _tell_storages_apart(spec, twin)


def _connect_receivers(module: Module) -> Iterator[Finding]:
    """With ``--faithful``: import the support module, whose receivers follow the instances."""
    found = first_field_of(module) if module.project.faithful else None
    support = support_of(module)
    is_imported = _imports(module, support.dotted)
    if found is None or (is_imported and support.pieces.issuperset(_RECEIVERS)):
        return
    node, label = found
    message = f"{label}: its files follow the instance with the receivers of {support.dotted}"
    try:
        changes: list[Change] = [need for name in _RECEIVERS for need in require_support(module, name)]
    except CannotGenerate as error:
        why = f"Not rewritten: {error}. {LEFT_BEHIND.why}"
        yield make_finding(LEFT_BEHIND, module, node, message, Applicability.MANUAL, why=why)
        return
    if not is_imported:
        changes.append(AddImport.of_module(support.dotted, "  # noqa: F401"))
    yield make_finding(LEFT_BEHIND, module, node, message, Applicability.SAFE, changes=changes)


def _imports(module: Module, dotted: str) -> bool:
    """Whether a file always imports a module, or something of it."""
    for node in module.tree.body:
        if isinstance(node, ast.Import) and dotted in {alias.name for alias in node.names}:
            return True
        if isinstance(node, ast.ImportFrom) and not node.level:
            package = node.module or ""
            if dotted in {package, *(f"{package}.{alias.name}" for alias in node.names)}:
                return True
    return False


def _tell_storages_apart(spec: SpecField, twin: SpecField) -> Finding:
    """Give one of two fields, whose files have one name in two storages, a backend that knows where a file is."""
    message = f"the files of {spec.label} and {twin.label} have one name in two storages"
    why = (
        "ImageKit 2 put the attribute's name into the file's name. ImageKit 3 gives both files one name, and goes by"
        " the name alone when it remembers which files exist: one of the two is never generated."
    )
    try:
        local, changes = use_support(spec.module, "StorageKeyBackend")
    except CannotGenerate as error:
        why = f"Not rewritten: {error}. {why}"
        return make_finding(TWINS, spec.module, spec.call, message, Applicability.MANUAL, why=why)
    argument = AddArgument(spec.offset, "cachefile_backend", (f"{local}()",))
    return make_finding(
        TWINS, spec.module, spec.call, message, Applicability.SAFE, why=why, changes=[argument, *changes]
    )


def _storage(spec: SpecField) -> str:
    """The storage that a field is given, as code; empty where it is given none."""
    argument = spec.given("storage") or spec.given("cachefile_storage")
    return "" if argument is None else ast.dump(argument.value)


def _twin(spec: SpecField) -> SpecField | None:
    """An earlier field of the model whose file has the same name."""
    return _twins(spec.module).get(spec.call)


@per_module
def _twins(module: Module) -> dict[ast.Call, SpecField]:
    """The calls that make fields whose file an earlier field of the model has, with that field."""
    first: dict[tuple[ast.ClassDef, frozenset[tuple[str, str]]], SpecField] = {}
    found: dict[ast.Call, SpecField] = {}
    for spec in spec_fields(module):
        meaning = frozenset(_meaning(spec).items())
        if meaning and spec.model is not None:
            twin = first.setdefault((spec.model, meaning), spec)
            if twin is not spec:
                found[spec.call] = twin
    return found


def _meaning(spec: SpecField) -> dict[str, str]:
    """Return what the name of the file depends on; empty if that cannot be determined."""
    if spec.given("cache_to") is not None or spec.unseen or spec.is_ik3:
        return {}
    names = {"source": "image_field"}
    return {
        names.get(name, name): ast.dump(argument.value)
        for name, argument in spec.arguments.items()
        if not argument.is_none and name in {"processors", "format", "options", "image_field", "source"}
    }


def check_module(module: Module) -> Iterator[Finding]:
    """Connect the receivers of ``--faithful``, or report what differs without them; look for ``except ValueError``."""
    yield from _connect_receivers(module)
    if not module.project.faithful and module.project.has_ik2_code:
        for spec in spec_fields(module):
            if not spec.is_processed and not spec.is_ik3:
                for rule, message in _RUN_TIME:
                    yield make_finding(rule, module, spec.call, message.format(spec.label), Applicability.NOTICE)
    for node in module.text.nodes_of(ast.Try) if not module.project.faithful else ():
        if not isinstance(node, ast.Try) or not any(_catches_value_error(module, h) for h in node.handlers):
            continue
        for child in (child for statement in node.body for child in ast.walk(statement)):
            if isinstance(child, ast.Attribute) and child.attr in _NEEDS_SOURCE:
                yield from _require_source(module, child)


def _require_source(module: Module, node: ast.Attribute) -> Iterator[Finding]:
    """``photo.thumbnail.url`` where a ``ValueError`` says that there is no image."""
    file = spec_file(module, node.value)
    is_sure = file is not None and not file.doubt
    if file is None and not (node.attr == "url" and _is_parameter(module, node.value)):
        return
    shown = module.text.text_of(node.value)
    message = f"{shown}.{node.attr} does not always raise `ValueError` if there is no source"
    try:
        if not module.project.has_ik2_code:
            raise CannotGenerate("the project does not use ImageKit 2")
        local, changes = use_support(module, "require_source")
    except CannotGenerate:
        if is_sure:
            todo = f"Check the source first: `if {shown}.generator.source`."
            yield make_finding(EMPTY, module, node, message, Applicability.NOTICE, help=todo)
        return
    pieces = (f"{local}(", span_of(module, node.value), ")")
    edit = Edit(module.text.start(node.value), module.text.end(node.value), pieces)
    applicability = Applicability.UNSAFE if file is None else Applicability.SAFE
    if not is_sure:
        message = f"{shown} may be a spec file: its `{node.attr}` does not always raise `ValueError` without a source"
    yield make_finding(EMPTY, module, node, message, applicability, changes=[edit, *changes])


def _is_parameter(module: Module, node: ast.expr) -> bool:
    """Whether a function of a project with spec fields is given an object of which nothing else is known."""
    if not isinstance(node, ast.Name) or node.id in {"self", "cls"} or not module.project.has_spec_fields:
        return False
    target = module.resolve(node)
    return target is not None and target.binding is not None and target.binding.kind == "parameter"


def _catches_value_error(module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether it says ValueError."""
    if handler.type is None:
        return False
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return "builtins.ValueError" in {module.qualified(item) for item in types}


CODEMOD = Codemod(
    rules=(TWINS, LEFT_BEHIND, EMPTY, STATE, SAME_NAME, LOST, OBJECT), spec_field=check_spec_field, module=check_module
)
