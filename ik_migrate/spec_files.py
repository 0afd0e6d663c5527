"""Code that uses the file which a spec field gave: ``photo.thumbnail.validate()`` and the like.

A spec attribute gave an ``ImageSpecFieldFile`` in ImageKit 2 (``imagekit/models/fields/files.py`` of 2.0.4) and
gives an ``ImageCacheFile`` in ImageKit 3 (``imagekit/cachefiles/__init__.py`` of 3.0.4 to 6.1.1).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache

from ik_migrate.codemod import report
from ik_migrate.edits import Change
from ik_migrate.findings import Applicability, Finding, Rule
from ik_migrate.imports import is_taken
from ik_migrate.names import Binding
from ik_migrate.owners import has_spec
from ik_migrate.project import Module

MEMBERS = frozenset(
    {"validate", "invalidate", "clear", "delete", "generate", "source_file", "instance", "field", "attname"}
)
"""What an ``ImageSpecFieldFile`` had and an ``ImageCacheFile`` has not, or has with another meaning."""

_FOLLOW_AT_MOST = 5


@dataclass(frozen=True)
class SpecFile:
    """An expression whose value is a spec file.

    Args:
        attname: the spec attribute.
        owner: the expression for the model instance.
        is_shared: whether another class of the project has an attribute of that name, and which
            of them the owner is can't be told.
    """

    attname: str
    owner: ast.expr
    is_shared: bool


@dataclass(frozen=True)
class SpecFileUse:
    """One member of a spec file, used.

    Args:
        module: the file.
        node: ``<spec file>.<member>``.
        file: what is known of the spec file.
    """

    module: Module
    node: ast.Attribute
    file: SpecFile

    @property
    def member(self) -> str:
        """The member."""
        return self.node.attr

    @property
    def shown(self) -> str:
        """The text of the expression for the spec file."""
        return self.module.text.text_of(self.node.value)

    @property
    def owner(self) -> str:
        """The text of the expression for the model instance."""
        return self.module.text.text_of(self.file.owner)

    @property
    def call(self) -> ast.Call | None:
        """The call of the member, if it is called."""
        parent = self.module.text.names.parents.get(self.node)
        return parent if isinstance(parent, ast.Call) and parent.func is self.node else None

    @property
    def is_statement(self) -> bool:
        """Whether the member is called and the result is not used."""
        call = self.call
        return call is not None and isinstance(self.module.text.names.parents.get(call), ast.Expr)

    @property
    def has_no_arguments(self) -> bool:
        """Whether the member is called, with no arguments."""
        call = self.call
        return call is not None and not call.args and not call.keywords

    def report(
        self,
        rule: Rule,
        message: str,
        applicability: Applicability,
        *,
        changes: tuple[Change, ...] = (),
        why: str = "",
        todo: str = "",
        suggestion: str = "",
    ) -> Finding:
        """A finding about this use; no rewrite where it may be about something else."""
        finding = report(
            rule,
            self.module,
            self.call or self.node,
            message,
            applicability,
            changes=changes,
            why=why,
            todo=todo,
            suggestion=suggestion,
        )
        if self.file.is_shared and applicability is not Applicability.NOTICE:
            reason = f"Another class of the project has an attribute {self.file.attname} too: see whether this is the"
            return finding.for_a_person(f"{reason} spec field. {finding.why}")
        return finding

    def removal(self, *, make_anew: bool) -> str:
        """Code that deletes the file and has ImageKit 3 forget it."""
        name = "file" if not is_taken(self.module, "file") else "spec_file"
        lines = ["from imagekit.cachefiles.backends import CacheFileState", ""]
        if isinstance(self.node.value, ast.Name):
            name = self.node.value.id
        else:
            lines.append(f"{name} = {self.shown}")
        lines += [
            f"if {name}.name and {name}.storage.exists({name}.name):",
            f"    {name}.close()",
            f"    {name}.storage.delete({name}.name)",
            f"{name}.cachefile_backend.set_state({name}, CacheFileState.DOES_NOT_EXIST)",
        ]
        if make_anew:
            lines.append(f"{name}.generate(force=True)")
        return "\n".join(lines)


@lru_cache(maxsize=64)
def spec_file_uses(module: Module) -> tuple[SpecFileUse, ...]:
    """All uses in a file of what `MEMBERS` names, on what is known to be a spec file; in the order of the file."""
    uses = []
    for node in module.text.nodes:
        if isinstance(node, ast.Attribute) and node.attr in MEMBERS and isinstance(node.ctx, ast.Load):
            found = spec_file(module, node.value)
            if found is not None:
                uses.append(SpecFileUse(module, node, found))
    return tuple(sorted(uses, key=lambda use: module.text.end(use.node)))


def spec_file(module: Module, expression: ast.expr, depth: int = 0) -> SpecFile | None:
    """What is known of the spec file that ``expression`` gives; None where it is none, as far as can be told."""
    if isinstance(expression, ast.Attribute):
        return _attribute(module, expression.value, expression.attr)
    if isinstance(expression, ast.Call) and 2 <= len(expression.args) <= 3 and not expression.keywords:
        if module.qualified(expression.func) != "builtins.getattr":
            return None
        found = [_attribute(module, expression.args[0], name) for name in _texts(module, expression.args[1])]
        return found[0] if found and None not in found else None
    if isinstance(expression, ast.Name) and depth < _FOLLOW_AT_MOST:
        return _alias(module, expression, depth)
    return None


def _attribute(module: Module, owner: ast.expr, name: str) -> SpecFile | None:
    if name not in module.project.spec_attributes:
        return None
    verdict = has_spec(module, owner, name)
    if verdict is False:
        return None
    return SpecFile(name, owner, verdict is None and name in module.project.shared_attributes)


def _alias(module: Module, name: ast.Name, depth: int) -> SpecFile | None:
    """A name that stands for a spec file at all places where it gets a value."""
    scope = module.text.scope_of(name).holder_of(name.id)
    if scope is None or scope.is_class:
        return None
    found: list[SpecFile | None] = []
    for binding in scope.bindings[name.id]:
        values = _values(module, binding)
        found += [spec_file(module, value, depth + 1) for value in values] if values else [None]
    if not found or None in found:
        return None
    shared = [file for file in found if file is not None and file.is_shared]
    return shared[0] if shared else found[0]


def _values(module: Module, binding: Binding) -> list[ast.expr]:
    """What a binding can give its name: an expression, or the items of a literal that is looped over."""
    if binding.kind == "assign" and binding.value is not None:
        return [binding.value]
    loop = module.text.names.parents.get(binding.node)
    if isinstance(loop, ast.For | ast.comprehension) and loop.target is binding.node:
        return list(loop.iter.elts) if isinstance(loop.iter, ast.Tuple | ast.List) else []
    return []


def _texts(module: Module, expression: ast.expr) -> list[str]:
    """The strings that an expression can be: a literal, or a name that loops over literals."""
    if isinstance(expression, ast.Constant):
        return [expression.value] if isinstance(expression.value, str) else []
    if not isinstance(expression, ast.Name):
        return []
    scope = module.text.scope_of(expression).holder_of(expression.id)
    bindings = scope.bindings[expression.id] if scope is not None else []
    values = [value for binding in bindings for value in _values(module, binding) or [expression]]
    texts = [value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)]
    return texts if len(texts) == len(values) else []
