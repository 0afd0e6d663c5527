"""What a name in one file really stands for: through imports and assignments in all files of the project."""

from __future__ import annotations

import ast
import builtins
from dataclasses import replace

from ik_migrate.model.imagekit_names import SUPPORT, canonical, star_names
from ik_migrate.project.import_paths import absolute
from ik_migrate.project.module import Module, ProjectIndex, Target
from ik_migrate.project.support_module import SupportModule
from ik_migrate.source.scopes import Binding

_FOLLOW_AT_MOST = 20
_REMEMBERED_TO = 2
# Bindings that are looked at for one name: several for each name, over several files, could be billions.
_BINDINGS_AT_MOST = 2000


class Resolver:
    """Follows names from file to file.

    Args:
        project: the files.
    """

    def __init__(self, project: ProjectIndex) -> None:
        self._project = project
        self._bindings_left = 0
        self._compared: set[str] = set()

    def depends_on(self, support: SupportModule | None) -> bool:
        """Whether something that was resolved could be another if that were the support module, or were it no more."""
        return support is not None and support.dotted in self._compared

    def resolve(self, module: Module, expression: ast.expr, depth: int = 0) -> Target | None:
        """What a name or dotted name stands for, through imports and assignments in all files."""
        if depth > _FOLLOW_AT_MOST:
            return None
        if depth == 0:
            self._bindings_left = _BINDINGS_AT_MOST
        if isinstance(expression, ast.Name):
            holder = module.text.names.outer_holder_of(expression)
            if holder is None:
                return self._named(module, expression, depth)
            key = (id(holder), expression.id)
            if key not in module.from_inside:
                found = self._named(module, expression, depth)
                if depth >= _REMEMBERED_TO or self._bindings_left <= 0:
                    return found
                module.from_inside[key] = found
            return module.from_inside[key]
        if isinstance(expression, ast.Attribute):
            base = self.resolve(module, expression.value, depth + 1)
            return self._attribute(module, base, expression.attr, depth) if base else None
        return None

    def _named(self, module: Module, name: ast.Name, depth: int) -> Target | None:
        bindings = module.text.names.bindings_in_force(name)
        return self._best(module, bindings, depth) if bindings else self._unbound(module, name.id, depth)

    def resolve_global(self, module: Module, name: str) -> Target | None:
        """What a name at the top level of a file stands for."""
        if name not in module.at_top:
            self._bindings_left = _BINDINGS_AT_MOST
            module.at_top[name] = self._name_in(module, name, 0)
        return module.at_top[name]

    def _best(self, module: Module, bindings: list[Binding], depth: int) -> Target | None:
        """The target of the last binding, ImageKit's if one of several alternatives is."""
        targets = [
            target
            for binding in bindings
            if not binding.is_none
            for target in [self._bound(module, binding, depth)]
            if target is not None
        ]
        if len(bindings) == 1 or not targets:
            return targets[-1] if targets else None
        best = next((target for target in targets if target.qualified.startswith("imagekit.")), targets[-1])
        others = [other for target in targets for other in (target, *target.others) if other is not best]
        if any(binding.is_none for binding in bindings):
            others.append(Target("builtins.None"))
        return replace(best, others=tuple(others))

    def _bound(self, module: Module, binding: Binding, depth: int) -> Target | None:
        self._bindings_left -= 1
        if self._bindings_left < 0:
            return None
        if binding.kind == "import":
            return self._imported(module, binding.module, binding.attribute, depth)
        if binding.kind == "assign" and isinstance(binding.value, ast.Name | ast.Attribute):
            followed = self.resolve(module, binding.value, depth + 1)
            if followed is not None:
                return followed
        return Target(f"{module.dotted}.{binding.name}", module, binding)

    def _imported(self, module: Module, source: str, attribute: str, depth: int) -> Target | None:
        key = (source, attribute)
        if key in module.imported:
            return module.imported[key]
        found = self._find_imported(module, source, attribute, depth)
        if depth < _REMEMBERED_TO and self._bindings_left > 0:
            # Farther away, it may be None only because it was not followed to its end.
            module.imported[key] = found
        return found

    def _find_imported(self, module: Module, source: str, attribute: str, depth: int) -> Target | None:
        dotted, path = self._project.imported_file(module, source)
        if dotted is None:
            return None
        if attribute and self._is_support(dotted):
            return Target(f"{SUPPORT}{attribute}")
        if not attribute:
            return Target(dotted)
        found = self._project.module_at(path) if path is not None else None
        if found is not None:
            inner = self._name_in(found, attribute, depth + 1)
            return inner or Target(f"{found.dotted}.{attribute}")
        return Target(canonical(f"{dotted}.{attribute}"))

    def _attribute(self, module: Module, base: Target, name: str, depth: int) -> Target | None:
        if base.module is not None:
            node = base.binding.node if base.binding is not None else None
            if isinstance(node, ast.ClassDef):
                members = base.module.text.names.scope_made_by(node).bindings.get(name, [])
                if len(members) == 1:
                    return Target(f"{base.qualified}.{name}", base.module, members[0])
            return Target(f"{base.qualified}.{name}")
        if self._is_support(base.qualified):
            return Target(f"{SUPPORT}{name}")
        path = self._project.find(base.qualified, module)
        found = self._project.module_at(path) if path is not None else None
        inner = self._name_in(found, name, depth + 1) if found is not None else None
        return inner or Target(canonical(f"{base.qualified}.{name}"))

    def _is_support(self, dotted: str) -> bool:
        """Whether a module is the project's support module, whether it exists already or not."""
        self._compared.add(dotted)
        return self._project.support is not None and self._project.support.dotted == dotted

    def _name_in(self, module: Module, name: str, depth: int) -> Target | None:
        if depth > _FOLLOW_AT_MOST:
            return None
        bindings = module.text.names.module.bindings.get(name)
        if bindings:
            return self._best(module, bindings, depth)
        return self._from_star(module, name, depth)

    def _unbound(self, module: Module, name: str, depth: int) -> Target | None:
        found = self._from_star(module, name, depth)
        if found is None and hasattr(builtins, name):
            return Target(f"builtins.{name}")
        return found

    def _from_star(self, module: Module, name: str, depth: int) -> Target | None:
        for source in module.text.names.module.star_imports:
            dotted = absolute(module.package, source)
            self._bindings_left -= 1
            if dotted is None or self._bindings_left < 0:
                continue
            if name in star_names(dotted):
                return Target(canonical(f"{dotted}.{name}"))
            path = self._project.find(dotted, module) or self._project.neighbour(module, dotted)
            found = self._project.module_at(path) if path is not None and path != module.path else None
            target = self._name_in(found, name, depth + 1) if found is not None else None
            if target is not None:
                return target
        return None
