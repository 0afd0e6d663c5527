"""Render the support module: the pieces of the template that a project needs, added to those that it has."""

from __future__ import annotations

from collections.abc import Collection

from ik_migrate.codegen.support.extend import extend
from ik_migrate.codegen.support.features import STRATEGIES, close, derive, features_in
from ik_migrate.codegen.support.parts import (
    chosen_parts,
    import_lines,
    text_with,
    top_level,
    used_names,
    with_blank_lines,
)
from ik_migrate.project.support_module import MARKER


def render(wanted: Collection[str], existing: str = "") -> str:
    """Return the text of a support module that has some pieces.

    Args:
        wanted: names of pieces, or of features as ``+processors``.
        existing: what the project has; pieces that are there stay as they are.
    """
    if not existing:
        return _render_new(*close(wanted))
    known = features_in(existing)
    chosen = {name for name in wanted if name.removeprefix("+") in STRATEGIES}
    kept = known - STRATEGIES if chosen else known
    names, features = close({*wanted, *(f"+{feature}" for feature in kept)})
    return extend(existing, names, features, derive(known))


def _render_new(names: Collection[str], features: Collection[str]) -> str:
    pieces = [text_with(part, features) for part in chosen_parts(names)]
    used = set().union(*map(used_names, pieces))
    imports = import_lines(used)
    head = [f"{MARKER}\n", top_level()[0].text, *(["\n"] if imports else [])]
    return "".join([*head, *imports, *with_blank_lines(pieces)])
