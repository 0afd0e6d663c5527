"""The ids that ImageKit 3 registers spec fields under: ``app_label:model:field``, in lower case.

``ImageSpecField._set_spec_id`` and ``SpecHost.set_spec_id`` of 3.0.4 to 6.1.1: a field whose id is there already gets
the spec of the first one.
"""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.imagekit.spec_field import SpecField, spec_fields
from ik_migrate.project.django_apps import is_abstract
from ik_migrate.project.module import Module
from ik_migrate.source.scopes import Function


def spec_id_of(spec: SpecField) -> str:
    """Return the id of a field, with the folder of its file in place of the app; empty where it is not known."""
    if spec.model is None or not spec.attname:
        return ""
    folder = spec.module.path.parent
    app = folder.parent if folder.name == "models" else folder
    return f"{app}:{spec.model.name}:{spec.attname}".lower()


def spec_ids_of(module: Module) -> Iterator[str]:
    """Yield the ids of the fields in a file that other fields can have: twice where two fields here have it.

    Django refuses two models of one name in an app, unless they are abstract or are made by a function. The fields of
    one model have one id where their names differ in case alone.
    """
    names: dict[str, set[str]] = {}
    for spec in spec_fields(module):
        spec_id = spec_id_of(spec)
        if spec.model is None or not spec_id:
            continue
        names.setdefault(spec_id, set()).add(spec.attname)
        if isinstance(module.text.scope_of(spec.model).node, Function):
            yield spec_id
            yield spec_id
        elif is_abstract(spec.model):
            yield spec_id
    for spec_id, spellings in names.items():
        if len(spellings) > 1:
            yield spec_id
            yield spec_id
