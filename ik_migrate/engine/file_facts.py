"""What one file says that matters beyond it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ik_migrate.codegen.legacy_field import find_legacy_factories
from ik_migrate.codegen.shared_objects import makes_object
from ik_migrate.engine.facts import Facts
from ik_migrate.engine.todo import MARK as TODO_MARK
from ik_migrate.files.filetypes import is_of_concern, is_python
from ik_migrate.files.triggers import TRIGGERS
from ik_migrate.imagekit.cache_backends import SETTING, backend_settings, may_set_other_backend, used_backends
from ik_migrate.imagekit.factories import makes_field
from ik_migrate.imagekit.field_attributes import attributes_by_variable, attributes_named, field_of
from ik_migrate.imagekit.given_backends import has_unknown_backends
from ik_migrate.imagekit.kwargs_dicts import reached
from ik_migrate.imagekit.media_paths import collect_media_facts, words
from ik_migrate.imagekit.plain_classes import classes_with_fields
from ik_migrate.imagekit.python2_evidence import evidence_in, evidence_of_old_django
from ik_migrate.imagekit.settings_modules import is_settings
from ik_migrate.imagekit.source_storage import mentions_storages, sets_storages
from ik_migrate.imagekit.sources import is_made_by_property, source_name
from ik_migrate.imagekit.spec_field import SpecField, all_fields, spec_fields
from ik_migrate.imagekit.spec_ids import spec_ids_of
from ik_migrate.imagekit.version_detection import (
    has_ik2_words,
    has_ik3_words,
    has_unread_arguments,
    names_field_in_string,
)
from ik_migrate.model.imagekit_names import (
    NON_VALIDATING,
    PESSIMISTIC,
    PROCESSED_FIELD,
    RESIZE_TO_FIT,
    SPEC_FIELDS,
    canonical,
    star_names,
)
from ik_migrate.project.module import Module
from ik_migrate.project.project import PYTHON_AT_MOST, Project

_PIN_OF_IK2 = re.compile(rb"django[-_]imagekit\s*(==|~=|<|<=)\s*[0-2]\b|django[-_]imagekit\b[^\n]*<\s*3", re.I)
_PIN_OF_IK3 = re.compile(rb"django[-_]imagekit\s*(?:==|~=|>=|>)\s*[3-9]", re.I)
_OF_INTEREST = frozenset({*SPEC_FIELDS, PROCESSED_FIELD, RESIZE_TO_FIT, PESSIMISTIC, NON_VALIDATING})
_FOLLOW_AT_MOST = 5


def facts_of(project: Project, path: Path) -> Facts:
    """Return the facts in the file at ``path``; nothing if it cannot be read."""
    if not is_of_concern(path.name) or not is_python(path.name, b""):
        return _facts_of_text(project, path)
    module = project.module_at(path)
    if module is None:
        return _facts_of_text(project, path)
    if module.is_support:
        return Facts(support_modules={path}, has_ik3_code=True)
    specs = spec_fields(module)
    legacy_factories, factory_calls = find_legacy_factories(module)
    facts = Facts(
        names=_names_to_look_for(module),
        spec_attributes={name for name, spec in _attributes(module) if name and not spec.is_processed},
        source_names={name for spec in specs if not spec.is_processed and (name := source_name(spec))},
        attributes_of_variables=attributes_by_variable(module),
        spec_ids=Counter(spec_ids_of(module)),
        class_attributes=Counter(_attributes_of_classes(module)),
        keyword_dicts=_keyword_dicts(module),
        importers=project.imported_by(module),
        # A TODO comment of an earlier run shows that the file was written for ImageKit 2 and is not resolved.
        has_ik2_code=has_ik2_words(module) or TODO_MARK in module.text.source.text,
        names_field_in_string=names_field_in_string(module),
        has_unread_arguments=has_unread_arguments(module),
        has_ik3_code=has_ik3_words(module),
        models={path} if specs else set(),
        has_unknown_backends=has_unknown_backends(module),
        has_plain_classes=any(classes_with_fields(module)),
        has_property_sources=any(is_made_by_property(spec) for spec in specs),
        has_storages=mentions_storages(module),
        sets_storages=sets_storages(module),
        legacy_factories=legacy_factories,
        factory_calls=factory_calls,
        may_have_other_backend=may_set_other_backend(module),
        settings={path} if SETTING in module.text.source.text else set(),
        settings_modules={path} if is_settings(module) else set(),
        old_stack={path: shown} if (shown := evidence_in(module)) else {},
        around=collect_media_facts(module, specs),
    )
    return facts


def _attributes(module: Module) -> Iterator[tuple[str, SpecField]]:
    """The spec fields that are made or named in a file, and the attributes that they become."""
    yield from ((spec.attname, spec) for spec in all_fields(module))
    yield from attributes_named(module)


def _names_to_look_for(module: Module) -> set[bytes]:
    names: set[bytes] = set()
    for name in module.text.names.module.bindings:
        if _is_of_interest(module, name):
            names.add(name.encode())
        elif makes_field(module, name) or makes_object(module, name):
            names |= _imports_of(module)
    for source in module.text.names.module.star_imports:
        passed_on = (f"{source}.{name}" for name in star_names(source))
        names |= {name.rpartition(".")[2].encode() for name in passed_on if canonical(name) in _OF_INTEREST}
    for spec in all_fields(module):
        if spec.attname and not spec.is_processed:
            names |= {f".{spec.attname}.".encode(), b"source_file", b"FieldFile"}
            if spec.given("cache_to") is None:
                names.add(f"'_{spec.attname}.".encode())
                names.add(f'"_{spec.attname}.'.encode())
        if spec.variable in module.text.names.module.bindings:
            names |= _imports_of(module)
    for attname, spec in attributes_named(module):
        if not spec.is_processed:
            names |= {f".{attname}.".encode(), b"source_file", b"FieldFile"}
    if module.project.faithful and spec_fields(module):
        names |= {b".attname", b".instance."}
    if names_field_in_string(module):
        names |= {b"image_field", b"cache_to"}
    if spec_fields(module):
        # Processors need not name ImageKit.
        names.add(b".ANTIALIAS")
    names |= words(module, spec_fields(module))
    names |= {node.name.encode() for _, node in used_backends(module)}
    if SETTING in module.text.source.text:
        # Whether the dotted path can be followed or not: the class is found by its name, too.
        names |= {f"class {setting.path.rpartition('.')[2]}".encode() for setting in backend_settings(module)}
    return {name for name in names if name not in TRIGGERS}


def _imports_of(module: Module) -> set[bytes]:
    """What a file says that imports the module: for names too common to be searched for."""
    return {f"import {module.path.stem}".encode(), f"{module.path.stem} import".encode()}


def _is_of_interest(module: Module, name: str) -> bool:
    """Whether a module's name stands for one of ImageKit's that matters, or for a class derived from one."""
    target = module.project.resolve_global(module, name)
    depth = 0
    while target is not None and depth < _FOLLOW_AT_MOST:
        if target.qualified in _OF_INTEREST:
            return True
        binding = target.binding
        if binding is None or target.module is None or not isinstance(binding.node, ast.ClassDef):
            return False
        bases = [target.module.resolve(base) for base in binding.node.bases]
        target = next((base for base in bases if base is not None), None)
        depth += 1
    return False


def _keyword_dicts(module: Module) -> dict[Path, set[str]]:
    found: dict[Path, set[str]] = {}
    for spec in spec_fields(module):
        for unseen in spec.unseen:
            for owner, expression in reached(module, unseen):
                target = owner.resolve(expression)
                if target is not None and target.module is not None and target.binding is not None:
                    found.setdefault(target.module.path, set()).add(target.binding.name)
    return found


def _attributes_of_classes(module: Module) -> set[str]:
    """Names that classes bind to something else than a spec field."""
    found = set()
    for node in module.text.nodes_of(ast.ClassDef):
        if isinstance(node, ast.ClassDef):
            for name, bindings in module.text.names.scope_made_by(node).bindings.items():
                if any(field_of(module, binding.value) is None for binding in bindings):
                    found.add(name)
    return found


def _facts_of_text(project: Project, path: Path) -> Facts:
    """What a file that is not Python, or not readable as such, says."""
    try:
        data = project.read(path)
    except OSError:
        return Facts()
    if len(data) > PYTHON_AT_MOST:
        return Facts()
    shown = evidence_of_old_django(path, data)
    pins_ik2, pins_ik3 = (pin.search(data) is not None for pin in (_PIN_OF_IK2, _PIN_OF_IK3))
    return Facts(has_ik2_code=pins_ik2, has_ik3_code=pins_ik3, old_stack={path: shown} if shown else {})
