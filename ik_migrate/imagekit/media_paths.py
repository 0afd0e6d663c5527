"""What is known of a project besides its spec fields, for the rules about templates, scripts and settings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from ik_migrate.imagekit.spec_field import SpecField
from ik_migrate.project.class_hierarchy import class_behind, with_bases
from ik_migrate.project.django_apps import app_label, is_abstract
from ik_migrate.project.media_facts import MediaFacts
from ik_migrate.project.module import Module

CACHE = "cache"
"""The folder of ImageKit 2's files (2.0.4, imagekit/models/fields/files.py); it is CACHE/images since 3.0."""
_MEDIA_SETTINGS = ("MEDIA_URL", "MEDIA_ROOT")
_ODD_SPELLINGS = (b"jango-ImageKit", b"jango_ImageKit", b"jango-Imagekit")


def collect_media_facts(module: Module, specs: Iterable[SpecField]) -> MediaFacts:
    """Return what one file and its spec fields say."""
    facts = MediaFacts()
    facts.media_folders |= _media_folders(module)
    facts.admin_templates |= _admin_templates(module)
    specs = [spec for spec in specs if not spec.is_processed and spec.attname]
    if any(map(has_default_name, specs)):
        facts.has_default_names = True
        facts.upload_folders |= upload_folders(module)
    for spec in specs:
        cache_to = spec.given("cache_to")
        if cache_to is not None and isinstance(cache_to.literal, str):
            facts.cache_to_folders.add(cache_to.literal.strip("/"))
    if any(is_abstract(model) for model in {spec.model for spec in specs} if model is not None):
        facts.abstract_apps.add(app_label(module))
    return facts


def words(module: Module, specs: Iterable[SpecField]) -> set[bytes]:
    """What to search for in other files: paths of ImageKit 2's files, and templates about thumbnails."""
    found = {f"{folder}/{CACHE}".encode() for folder in _media_folders(module)}
    if _admin_templates(module):
        found.add(b"original_image")
    if any(not spec.is_processed and has_default_name(spec) for spec in specs):
        found |= {f"{CACHE}/{folder}".encode() for folder in upload_folders(module)}
        found |= {f"{folder}/{CACHE}".encode() for folder in MediaFacts().media_folders}
        for between in (" }}", " }}/", "}}", "}}/", " + '", " + '/", ' + "', ' + "/', ", '", ', "', "/", "}/", ")/"):
            found |= {f"{setting}{between}{CACHE}".encode() for setting in _MEDIA_SETTINGS}
        found |= {b"get_media_prefix %}cache", b"%scache/", b"original_image", *_ODD_SPELLINGS}
    return found


def _admin_templates(module: Module) -> set[str]:
    """The templates that a file gives ``AdminThumbnail``: as an argument, or as an attribute of a derived class."""
    if "AdminThumbnail" not in module.text.source.text:
        return set()
    named: list[ast.expr] = []
    for node in module.text.nodes_of(ast.Call, ast.ClassDef):
        if isinstance(node, ast.Call) and _makes_admin_thumbnail(module, node.func):
            named += [keyword.value for keyword in node.keywords if keyword.arg == "template"] + node.args[1:2]
        elif isinstance(node, ast.ClassDef) and any(_makes_admin_thumbnail(module, base) for base in node.bases):
            bindings = module.text.names.scope_made_by(node).bindings.get("template", [])
            named += [binding.value for binding in bindings if binding.value is not None]
    return {node.value for node in named if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _makes_admin_thumbnail(module: Module, node: ast.expr) -> bool:
    """Whether an expression is the class ``AdminThumbnail``, or a class of the project that derives from it."""
    behind = class_behind(module.resolve(node))
    bases = [(owner, base) for owner, cls in with_bases(*behind) for base in cls.bases] if behind else [(module, node)]
    return any(owner.qualified(base) == "imagekit.admin.AdminThumbnail" for owner, base in bases)


def has_default_name(spec: SpecField) -> bool:
    """Whether ImageKit chooses the names of the field's files."""
    return spec.given("cache_to") is None and spec.given("spec") is None


def upload_folders(module: Module) -> set[str]:
    """The constant beginnings of all ``upload_to=`` in a file."""
    found = set()
    for node in module.text.nodes_of(ast.keyword):
        if isinstance(node, ast.keyword) and node.arg == "upload_to" and isinstance(node.value, ast.Constant):
            head = re.split(r"/?[^/]*%", str(node.value.value))[0].strip("/")
            if head:
                found.add(head)
    return found


def _media_folders(module: Module) -> set[str]:
    found: set[str] = set()
    if not any(setting in module.text.source.text for setting in _MEDIA_SETTINGS):
        return found
    for setting, value in _assigned(module):
        if setting in _MEDIA_SETTINGS:
            texts = [
                (node.lineno, node.col_offset, node.value)
                for node in ast.walk(value)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            ]
            last = max(texts)[2].rstrip("/").rpartition("/")[2] if texts else ""
            if re.fullmatch(r"[\w-]+", last):
                found.add(last)
    return found


def _assigned(module: Module) -> Iterator[tuple[str, ast.expr]]:
    for node in module.text.nodes_of(ast.Assign):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value
