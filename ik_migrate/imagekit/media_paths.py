"""What is known of a project besides its spec fields, for the rules about templates, scripts and settings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from ik_migrate.imagekit.spec_field import SpecField
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
    if any(not spec.is_processed and has_default_name(spec) for spec in specs):
        found |= {f"{CACHE}/{folder}".encode() for folder in upload_folders(module)}
        found |= {f"{folder}/{CACHE}".encode() for folder in MediaFacts().media_folders}
        for between in (" }}", " }}/", "}}", "}}/", " + '", " + '/", ' + "', ' + "/', ", '", ', "', "/", "}/", ")/"):
            found |= {f"{setting}{between}{CACHE}".encode() for setting in _MEDIA_SETTINGS}
        found |= {b"get_media_prefix %}cache", b"%scache/", b"original_image", *_ODD_SPELLINGS}
    return found


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
