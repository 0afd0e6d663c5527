"""What the files of a project say about the project as a whole."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from ik_migrate.backends import OWN, SETTING, backend_settings, successor_of_setting
from ik_migrate.bound_fields import attributes_by_variable, attributes_named, field_of
from ik_migrate.custom_backends import names_of_backends, own_backends
from ik_migrate.discovery import TRIGGERS, search
from ik_migrate.filetypes import is_of_concern, is_python
from ik_migrate.generation import has_ik2_words
from ik_migrate.imagekit_names import (
    NON_VALIDATING,
    PESSIMISTIC,
    PROCESSED_FIELD,
    RESIZE_TO_FIT,
    SPEC_FIELDS,
    canonical,
    star_names,
)
from ik_migrate.options import Options
from ik_migrate.progress import Progress, counted, unseen
from ik_migrate.project import Module, Project
from ik_migrate.source_roots import source_roots
from ik_migrate.spec_field import spec_fields
from ik_migrate.spec_file_search import users_of_spec_files
from ik_migrate.surroundings import words
from ik_migrate.todo import MARK as TODO_MARK

_PIN_OF_IK2 = re.compile(rb"django[-_]imagekit\s*(==|~=|<|<=)\s*[0-2]\b|django[-_]imagekit\b[^\n]*<\s*3", re.I)
_OF_INTEREST = frozenset({*SPEC_FIELDS, PROCESSED_FIELD, RESIZE_TO_FIT, PESSIMISTIC, NON_VALIDATING})
_ROUNDS = 5


def survey(
    root: Path,
    options: Options,
    first: Iterable[Path],
    contents: Mapping[Path, bytes] | None = None,
    progress: Progress = unseen,
) -> tuple[Project, list[Path]]:
    """Read the files that mention ImageKit, and find those that use it through them.

    Args:
        root: the folder of the project.
        options: what to leave out.
        first: the files that mention ImageKit.
        contents: what stands for files instead of what they hold, see `Project`.
        progress: told of each file that is read.

    Returns:
        The project, with what is known of it, and the files that may concern us besides ``first``.
    """
    project = Project(root, contents)
    project.keep_cache_names = options.keep_cache_names
    project.target = options.target
    project.add_source_roots(source_roots(project, (), options.exclude))
    known = set(first)
    more: set[Path] = set()
    new = known
    for _ in range(_ROUNDS):
        read = (_module(project, path) for path in counted(sorted(new), len(new), "Reading", progress))
        modules = [module for module in read if module is not None]
        names = _names_to_look_for(modules)
        if not names:
            break
        found = set(search(root, names, exclude=options.exclude).files)
        new = found - known - more
        more |= new
        if not new:
            break
    project.attributes_of_variables = attributes_by_variable(project.loaded())
    for module in project.loaded():
        module.forget_facts()
    attnames = {spec.attname for module in project.loaded() for spec in spec_fields(module) if not spec.is_processed}
    attnames |= set().union(*project.attributes_of_variables.values())
    more |= users_of_spec_files(root, attnames - {""}, options.exclude) - known
    _find_keyword_dicts(project)
    more |= set(project.keyword_dicts) - known
    _learn(project, [*known, *more])
    return project, sorted(more)


def _find_keyword_dicts(project: Project) -> None:
    """Note where the dicts are made which spec fields are given with ``**``."""
    for module in project.loaded():
        for spec in spec_fields(module):
            for expression in spec.unseen:
                target = module.resolve(expression)
                if target is not None and target.module is not None and target.binding is not None:
                    project.keyword_dicts.setdefault(target.module.path, set()).add(target.binding.name)


def _module(project: Project, path: Path) -> Module | None:
    if is_of_concern(path.name) and is_python(path.name, b""):
        return project.module_at(path)
    return None


def _names_to_look_for(modules: list[Module]) -> set[bytes]:
    """What a file says that uses what ``modules`` define or pass on, without naming ImageKit."""
    names: set[bytes] = set()
    for module in modules:
        for name in module.text.names.module.bindings:
            if _is_of_interest(module, name):
                names.add(name.encode())
        for source in module.text.names.module.star_imports:
            passed_on = (f"{source}.{name}" for name in star_names(source))
            names |= {name.rpartition(".")[2].encode() for name in passed_on if canonical(name) in _OF_INTEREST}
        for spec in spec_fields(module):
            if spec.attname and not spec.is_processed:
                names |= {f".{spec.attname}.".encode(), b"source_file"}
            if spec.variable:
                names |= {f"import {module.path.stem}".encode(), f"{module.path.stem} import".encode()}
        for attname, spec in attributes_named(module):
            if not spec.is_processed:
                names |= {f".{attname}.".encode(), b"source_file"}
        names |= words(module, spec_fields(module))
        names |= {name.encode() for name in names_of_backends(module)}
    return {name for name in names if name not in TRIGGERS}


def _is_of_interest(module: Module, name: str) -> bool:
    """Whether a module's name stands for one of ImageKit's that matters, or for a class derived from one."""
    target = module.project.resolve_global(module, name)
    depth = 0
    while target is not None and depth < _ROUNDS:
        if target.qualified in _OF_INTEREST:
            return True
        binding = target.binding
        if binding is None or target.module is None or not isinstance(binding.node, ast.ClassDef):
            return False
        bases = [target.module.resolve(base) for base in binding.node.bases]
        target = next((base for base in bases if base is not None), None)
        depth += 1
    return False


def _learn(project: Project, paths: list[Path]) -> None:
    """Note what holds for the whole project."""
    strategies: set[str] = set()
    attributes: Counter[str] = Counter()
    project.own_backends = own_backends(project, paths)
    for path in sorted(paths):
        module = _module(project, path)
        if module is None:
            project.has_ik2_code = project.has_ik2_code or _pins_ik2(project, path)
            continue
        # A comment of an earlier run says that the file was ImageKit 2's, and has not been seen to since.
        is_ik2 = has_ik2_words(module) or TODO_MARK in module.text.source.text
        project.has_ik2_code = project.has_ik2_code or is_ik2
        for attname, spec in [*((spec.attname, spec) for spec in spec_fields(module)), *attributes_named(module)]:
            if attname and not spec.is_processed:
                project.spec_attributes.add(attname)
        attributes.update(_attributes_of_classes(module))
        project.around.learn(module, spec_fields(module))
        if SETTING in module.text.source.text:
            for setting in backend_settings(module):
                successor = successor_of_setting(module, setting)
                strategies.add(successor.strategy if successor is not None else "")
    project.around.has_own_source_file = bool(attributes["source_file"])
    project.shared_attributes = {name for name in project.spec_attributes if attributes[name]}
    if strategies in ({"Optimistic"}, {OWN}):
        project.default_strategy = strategies.pop()
    elif strategies & {"", OWN}:
        project.default_strategy = ""


def _attributes_of_classes(module: Module) -> set[str]:
    """Names that classes bind to something else than a spec field."""
    found = set()
    for node in module.text.nodes:
        if isinstance(node, ast.ClassDef):
            for name, bindings in module.text.names.scope_made_by(node).bindings.items():
                if any(field_of(module, binding.value) is None for binding in bindings):
                    found.add(name)
    return found


def _pins_ik2(project: Project, path: Path) -> bool:
    try:
        return _PIN_OF_IK2.search(project.read(path)) is not None
    except OSError:
        return False
