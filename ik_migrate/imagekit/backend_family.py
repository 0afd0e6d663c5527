"""A class that is an image cache backend of ImageKit 2, with the classes that it derives from.

Read from ``imagekit/imagecache/base.py`` of 2.0.4 and ``imagekit/cachefiles/strategies.py`` of 3.0.4 to 6.1.1.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from enum import Enum

from ik_migrate.model.imagekit_names import CELERY, NON_VALIDATING, PESSIMISTIC
from ik_migrate.project.class_hierarchy import with_bases
from ik_migrate.project.module import Module
from ik_migrate.source.scopes import Function

ROOTS = frozenset({PESSIMISTIC, NON_VALIDATING, CELERY})
STRATEGY_OF = {PESSIMISTIC: "JustInTime", NON_VALIDATING: "Optimistic", CELERY: "JustInTime"}
RENAMED = {"validate": "on_existence_required", "invalidate": "on_source_saved"}
EVENTS = ("validate", "invalidate", "clear")
IK2_METHODS = frozenset({*EVENTS, "is_invalid"})

Found = tuple[Module, ast.ClassDef]


class Does(Enum):
    """What calling one of ImageKit 2's methods comes to in ImageKit 3."""

    RENAMED = "the strategy has a method for it"
    DELETE = "it deletes the file"
    NOTHING = "it does nothing"
    UNKNOWN = "there is nothing like it"


@dataclass
class Family:
    """One class and what it inherits.

    Args:
        module: the file.
        node: the class.
        root: ImageKit's class that it derives from, at any distance; empty where it does from none.
        ancestors: the classes of the project that it derives from, nearest first.
    """

    module: Module
    node: ast.ClassDef
    root: str = ""
    ancestors: list[Found] = field(default_factory=list)

    @classmethod
    def of(cls, module: Module, node: ast.ClassDef) -> Family:
        """Look up the bases of ``node``."""
        classes = list(with_bases(module, node))
        bases = (owner.qualified(base) for owner, found in classes for base in found.bases)
        return cls(module, node, next((name for name in bases if name in ROOTS), ""), classes[1:])

    @property
    def classes(self) -> list[Found]:
        """The class itself and its ancestors."""
        return [(self.module, self.node), *self.ancestors]

    @property
    def has_all_events(self) -> bool:
        """Whether the project's own code has the three methods of a backend."""
        return all(any(method(node, name) for _, node in self.classes) for name in EVENTS)

    def methods(self, name: str) -> list[ast.FunctionDef]:
        """The definitions of a method in the project, nearest first."""
        return [found for _, node in self.classes for found in [method(node, name)] if found is not None]

    def members(self) -> set[str]:
        """Names of the attributes and methods that the classes of the project give themselves."""
        names: set[str] = set()
        for module, node in self.classes:
            names |= set(module.text.names.scope_made_by(node).bindings)
            names |= {
                attribute.attr
                for attribute in ast.walk(node)
                if isinstance(attribute, ast.Attribute) and isinstance(attribute.ctx, ast.Store)
            }
        return names

    def does(self, name: str, *, inherited: bool) -> Does:
        """What ``self.name(file)`` comes to; with ``inherited`` what ``super().name(file)`` does."""
        classes = self.ancestors if inherited else self.classes
        if name == "invalidate" and classes and self.root == PESSIMISTIC and self.needs_deleting:
            return Does.RENAMED
        return _does(classes, name, self.root)

    @property
    def needs_deleting(self) -> bool:
        """Whether a class straight below Pessimistic gets an ``on_source_saved``, if it has no ``invalidate``.

        ImageKit 2 deleted the file of the source's new name. ``JustInTime`` does nothing then; that matters only
        where the name stays, and costs: from 3.3 on every first save of an instance counts as a new source
        (``post_init_receiver`` in ``imagekit/specs/sourcegroups.py`` hashes the field in place of the file).
        """
        return self.module.project.has_names_that_stay


def _does(classes: list[Found], name: str, root: str) -> Does:
    definition = next((found for _, node in classes for found in [method(node, name)] if found is not None), None)
    if name == "clear":
        return what_clear_does(definition, root)
    if definition is not None:
        return Does.RENAMED
    if name == "validate" and root:
        return Does.NOTHING if root == NON_VALIDATING else Does.RENAMED
    if name == "invalidate" and root:
        return Does.RENAMED if root == NON_VALIDATING else Does.DELETE
    return Does.UNKNOWN


def of_root(root: str, name: str) -> Does:
    """What ``PessimisticImageCacheBackend.validate(self, file)`` and the like come to."""
    return _does([], name, root)


def method(node: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    """The method of that name in the body of a class."""
    return next((item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == name), None)


def what_clear_does(definition: ast.FunctionDef | None, root: str) -> Does:
    """Whether a ``clear`` does no more than delete the file; ``UNKNOWN`` where it does."""
    if definition is None:
        return Does.DELETE if root else Does.UNKNOWN
    body = [
        statement for statement in definition.body if not isinstance(statement, ast.Pass) and not is_text(statement)
    ]
    if not body:
        return Does.NOTHING
    return Does.DELETE if len(body) == 1 and _only_deletes(body[0], definition, root) else Does.UNKNOWN


def is_text(statement: ast.stmt) -> bool:
    """Whether a statement is nothing but a literal, like a docstring."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _only_deletes(statement: ast.stmt, definition: ast.FunctionDef, root: str) -> bool:
    if not isinstance(statement, ast.Expr | ast.Return) or not isinstance(statement.value, ast.Call):
        return False
    call = statement.value
    if len(definition.args.args) != 2 or not isinstance(call.func, ast.Attribute):
        return False
    receiver = call.func.value
    if call.func.attr == "delete" and isinstance(receiver, ast.Name) and receiver.id == definition.args.args[1].arg:
        return saves_nothing(call)
    is_super = isinstance(receiver, ast.Call) and isinstance(receiver.func, ast.Name) and receiver.func.id == "super"
    return bool(root) and is_super and call.func.attr == "clear"


def saves_nothing(call: ast.Call) -> bool:
    """Whether a ``file.delete(...)`` leaves the model instance unsaved."""
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    known = all(keyword.arg == "save" for keyword in call.keywords)
    return known and len(values) <= 1 and all(isinstance(v, ast.Constant) and not v.value for v in values)


def is_function(node: ast.AST) -> bool:
    """Whether it opens a scope in which a name can be another's."""
    return isinstance(node, Function | ast.Lambda)
