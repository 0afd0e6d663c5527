"""The ids that ImageKit 3 registers spec fields under: ``app_label:model:field``, in lower case.

``ImageSpecField._set_spec_id`` and ``SpecHost.set_spec_id`` of 3.0.4 to 6.1.1: a field whose id is there already gets
the spec of the first one.
"""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.imagekit.spec_field import SpecField, spec_fields
from ik_migrate.project.module import Module
from ik_migrate.source.scopes import Function


def spec_id_of(spec: SpecField) -> str:
    """Return the id of a field, with the folder of its file in place of the app; empty where it is not known."""
    if spec.model is None or not spec.attname or spec.is_processed:
        return ""
    folder = spec.module.path.parent
    app = folder.parent if folder.name == "models" else folder
    return f"{app}:{spec.model.name}:{spec.attname}".lower()


def spec_ids_of(module: Module) -> Iterator[str]:
    """Yield the ids of the fields in a file; twice where a function can make several models of that name."""
    seen: set[tuple[str, str]] = set()
    for spec in spec_fields(module):
        if spec.model is None or not spec_id_of(spec) or (spec.model.name, spec.attname) in seen:
            continue  # One of two definitions of a model is not run.
        seen.add((spec.model.name, spec.attname))
        yield spec_id_of(spec)
        if isinstance(module.text.scope_of(spec.model).node, Function):
            yield spec_id_of(spec)
