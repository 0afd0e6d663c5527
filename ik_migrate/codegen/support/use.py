"""How generated code uses the support module of its project."""

from __future__ import annotations

from collections.abc import Iterable

from ik_migrate.codegen.errors import CannotGenerate
from ik_migrate.codegen.imports import needed
from ik_migrate.model.change import Change, NeedSupport
from ik_migrate.project.module import Module
from ik_migrate.project.support_module import NAME, SupportModule

# What an existing support module must define for a variant of its pieces.
_MEMBERS = {
    "+processors": "LegacySpec.choose_processors",
    "+storage": "LegacySpec.cachefile_storage",
    "+fields": "LegacyImageSpecField",
    "+formats": "DirectorySpec.format",
    "+own_backends": "legacy_file",
}
_STRATEGY_FEATURES = {"JustInTime": "+pessimistic", "Optimistic": "+optimistic"}
_WITH_STRATEGY = frozenset({"DirectorySpec", "LegacySpec", "ImageKit2NameSpec", "LegacyImageSpecField"})
_TAKES_BACKENDS = frozenset({"LegacyImageSpecField", "strategy_of_setting"})


def support_of(module: Module) -> SupportModule:
    """Return the support module of a file's project; where a project is unknown, one at its root."""
    return module.project.support or SupportModule(NAME, module.project.root / f"{NAME}.py")


def use_support(module: Module, name: str, *features: str) -> tuple[str, tuple[Change, ...]]:
    """Return how to write a name of the support module in a file, and the changes that this takes.

    Args:
        module: the file.
        name: a piece of the support module.
        features: variants of its pieces, as ``+processors``.

    Raises:
        CannotGenerate: when the support module lacks the piece, and this run must not write it.
    """
    needs = require_support(module, name, *features)
    local, imports = needed(module, support_of(module).dotted, name)
    return local, (*imports, *needs)


def require_support(module: Module, name: str, *features: str) -> tuple[NeedSupport, ...]:
    """Return the changes that have the support module define a piece, for code that imports it in its own way.

    Raises:
        CannotGenerate: when the support module lacks the piece, and this run must not write it.
    """
    if module.path in module.project.loaded_with_settings:
        raise CannotGenerate("it is imported while the settings are, when ImageKit 3 cannot be imported yet")
    support = support_of(module)
    wanted = frozenset(_MEMBERS.get(piece, piece) for piece in (name, *features) if not _is_style(piece))
    if not support.offers(wanted):
        raise CannotGenerate(_why_missing(module, support, wanted - support.pieces))
    return need_support(module, name, *features)


def need_support(module: Module, name: str, *features: str) -> tuple[NeedSupport, ...]:
    """Return the changes that have the support module define a piece, for code that does not import it."""
    pieces = [name, *features, *sorted(module.project.support_variants)]
    if name in _WITH_STRATEGY:
        pieces.append(_strategy_feature(module))
        pieces += ["+own_ids"] if module.project.shared_ids else []
        pieces += ["+property_sources"] if module.project.has_property_sources else []
        pieces += ["+chains"] if module.project.has_chains else []
        pieces += [] if module.project.has_settings else ["+without_settings"]
    if name == "LegacyImageSpecField" and module.project.has_plain_classes:
        pieces.append("+plain_classes")
    if name in _TAKES_BACKENDS and module.project.has_unknown_backends:
        pieces.append("+unknown_backends")
    if name == "LegacyProcessedImageField" and module.project.target.startswith(("3.", "4.")):
        pieces.append("+south")
    if name == "LegacyImageSpecField" and module.project.keep_cache_names:
        pieces.append("+keep_names")
    return tuple(NeedSupport(piece) for piece in pieces)


def _strategy_feature(module: Module) -> str:
    """The variant of a spec's default strategy that fits the settings of the project."""
    if module.project.faithful:
        return "+strategy_of_settings" if module.project.has_settings else "+any_strategy"
    return _STRATEGY_FEATURES.get(module.project.default_strategy, "+any_strategy")


def _is_style(piece: str) -> bool:
    """Whether it is a variant that the names of a module do not show."""
    return piece.startswith("+") and piece not in _MEMBERS


def _why_missing(module: Module, support: SupportModule, missing: Iterable[str]) -> str:
    root = module.project.root
    shown = support.path.relative_to(root).as_posix() if support.path.is_relative_to(root) else str(support.path)
    return (
        f"it needs {', '.join(sorted(missing))} in {shown}, which is not among the files of this run;"
        f" run ik-migrate apply in {root.name}"
    )
