"""What is known of a project besides its spec fields, for the rules about templates, scripts and settings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ik_migrate.resolution.module import Module
    from ik_migrate.specs.spec_field import SpecField

CACHE = "cache"
"""The folder of ImageKit 2's files (2.0.4, imagekit/models/fields/files.py); it is CACHE/images since 3.0."""
_MEDIA_SETTINGS = ("MEDIA_URL", "MEDIA_ROOT")
_ODD_SPELLINGS = (b"jango-ImageKit", b"jango_ImageKit", b"jango-Imagekit")


@dataclass
class Surroundings:
    """Facts about a project.

    Args:
        has_default_names: whether some spec field has ImageKit's own file names.
        upload_folders: where the pictures of such models are uploaded to.
        cache_to_folders: the folders that the project chose itself with ``cache_to=``.
        media_folders: how the last part of ``MEDIA_URL`` or ``MEDIA_ROOT`` is called.
        abstract_apps: labels of the apps that have a spec field on an abstract model.
        has_own_source_file: whether a class of the project has a ``source_file`` of its own.
    """

    has_default_names: bool = False
    upload_folders: set[str] = field(default_factory=set)
    cache_to_folders: set[str] = field(default_factory=set)
    media_folders: set[str] = field(default_factory=lambda: {"media", "uploads"})
    abstract_apps: set[str] = field(default_factory=set)
    has_own_source_file: bool = False

    def add(self, other: Surroundings) -> None:
        """Take in what other files say."""
        self.has_default_names |= other.has_default_names
        self.upload_folders |= other.upload_folders
        self.cache_to_folders |= other.cache_to_folders
        self.media_folders |= other.media_folders
        self.abstract_apps |= other.abstract_apps
        self.has_own_source_file |= other.has_own_source_file

    def learn(self, module: Module, specs: Iterable[SpecField]) -> None:
        """Take in one file and its spec fields."""
        self.media_folders |= _media_folders(module)
        specs = [spec for spec in specs if not spec.is_processed and spec.attname]
        if any(map(has_default_name, specs)):
            self.has_default_names = True
            self.upload_folders |= upload_folders(module)
        for spec in specs:
            cache_to = spec.given("cache_to")
            if cache_to is not None and isinstance(cache_to.literal, str):
                self.cache_to_folders.add(cache_to.literal.strip("/"))
        if any(is_abstract(model) for model in {spec.model for spec in specs} if model is not None):
            self.abstract_apps.add(app_label(module))


def words(module: Module, specs: Iterable[SpecField]) -> set[bytes]:
    """What to search for in other files: paths of ImageKit 2's files, and templates about thumbnails."""
    found = {f"{folder}/{CACHE}".encode() for folder in _media_folders(module)}
    if any(not spec.is_processed and has_default_name(spec) for spec in specs):
        found |= {f"{CACHE}/{folder}".encode() for folder in upload_folders(module)}
        found |= {f"{folder}/{CACHE}".encode() for folder in Surroundings().media_folders}
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


def is_abstract(model: ast.ClassDef) -> bool:
    """Whether the model says so itself."""
    return any(
        isinstance(statement, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "abstract" for target in statement.targets)
        and isinstance(statement.value, ast.Constant)
        and bool(statement.value.value)
        for meta in model.body
        if isinstance(meta, ast.ClassDef) and meta.name == "Meta"
        for statement in meta.body
    )


def app_label(module: Module) -> str:
    """The label that Django gives to the app of a file with models; empty where that can't be seen."""
    parts = list(module.package)
    if parts and parts[-1] == "models":
        parts.pop()
    if not parts and (module.path.parent != module.project.root):
        return module.path.parent.name.lower()
    return parts[-1].lower() if parts else ""


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
