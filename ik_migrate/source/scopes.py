"""What the names of one Python file stand for: scopes and bindings, read from its syntax tree."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_BINDERS = frozenset(
    {ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.arg, ast.Assign}
    | {ast.AnnAssign, ast.Global, ast.Nonlocal, ast.ExceptHandler, ast.Name}
)
_WITHOUT_NODES = frozenset(
    {"ctx", "op", "ops", "id", "attr", "kind", "level", "type_comment", "is_async", "simple", "conversion"}
)
_fields_of: dict[type[ast.AST], tuple[str, ...]] = {}
_OPENERS = frozenset({ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, *_COMPREHENSIONS})


@dataclass(frozen=True)
class Binding:
    """One place where a name gets a value.

    Args:
        name: the name.
        node: the statement or expression that binds it.
        kind: ``import``, ``class``, ``function``, ``assign``, ``parameter`` or ``other``.
        value: for ``assign``: the expression assigned.
        module: for ``import``: the module it is taken from, dots in front for a relative one.
        attribute: for ``import``: the name taken from that module; empty for ``import module``.
    """

    name: str
    node: ast.AST
    kind: str
    value: ast.expr | None = None
    module: str = ""
    attribute: str = ""

    @property
    def end(self) -> tuple[int, int]:
        """Line and column from which on the name is bound: an assignment evaluates its value first."""
        return getattr(self.node, "end_lineno", 0) or 0, getattr(self.node, "end_col_offset", 0) or 0

    @property
    def is_none(self) -> bool:
        """Whether the name is bound to a plain ``None``."""
        return isinstance(self.value, ast.Constant) and self.value.value is None


@dataclass
class Scope:
    """A block of code with its own names.

    Args:
        node: the module, class, function, lambda or comprehension.
        parent: the scope around it.
    """

    node: ast.AST
    parent: Scope | None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    star_imports: list[str] = field(default_factory=list)
    outer_names: set[str] = field(default_factory=set)

    @property
    def is_class(self) -> bool:
        """Whether it is a class body, whose names are not seen from the functions in it."""
        return isinstance(self.node, ast.ClassDef)

    @property
    def is_module(self) -> bool:
        """Whether it is the whole file."""
        return self.parent is None

    def bind(self, binding: Binding) -> None:
        """Record one more binding of a name."""
        self.bindings.setdefault(binding.name, []).append(binding)

    def holder_of(self, name: str) -> Scope | None:
        """The scope in which ``name``, used here, is looked up; None for builtins and star imports."""
        scope: Scope | None = self
        here = True
        while scope is not None:
            visible = name in scope.bindings and name not in scope.outer_names
            if visible and (here or not scope.is_class):
                return scope
            # In a class body a comprehension's first iterable sees the class's names, in Python 2
            # all of a list comprehension does.
            here = here and isinstance(scope.node, _COMPREHENSIONS)
            scope = scope.parent
        return None


class Names:
    """All scopes of one file.

    Args:
        tree: the file's syntax tree.
        inner: the nodes right below each of its nodes, see `children`.
    """

    def __init__(self, tree: ast.Module, inner: Mapping[ast.AST, Sequence[ast.AST]]) -> None:
        self.module = Scope(tree, None)
        self.parents: dict[ast.AST, ast.AST] = {}
        self._scopes: dict[ast.AST, Scope] = {tree: self.module}
        self._known: dict[ast.AST, Scope] = {}
        self._visit(tree, inner)

    def scope_of(self, node: ast.AST) -> Scope:
        """The scope that an expression or statement is evaluated in."""
        passed = []
        found = self._known.get(node)
        while found is None:
            passed.append(node)
            outer = self.parents.get(node)
            if outer is None or outer in self._scopes or isinstance(outer, ast.arguments):
                found = self._look_for_scope(node)
            else:
                node = outer
                found = self._known.get(node)
        # What is nested deep would be walked through again and again.
        for inner in passed:
            self._known[inner] = found
        return found

    def _look_for_scope(self, node: ast.AST) -> Scope:
        child, current = node, self.parents.get(node)
        is_default = False
        while current is not None:
            scope = self._scopes.get(current)
            if scope is not None and not is_default and not self._evaluated_outside(child, current):
                return scope
            is_default = isinstance(current, ast.arguments) and isinstance(child, ast.expr)
            child, current = current, self.parents.get(current)
        return self.module

    def holder_of(self, name: ast.Name) -> Scope | None:
        """The scope that a name, where it is used, gets its value from.

        A class body takes a name that it binds only later from outside.
        """
        scope = self.scope_of(name)
        holder = scope.holder_of(name.id)
        if holder is None or not holder.is_class or self._is_bound_before(holder, name):
            return holder
        return holder.parent.holder_of(name.id) if holder.parent is not None else None

    def outer_holder_of(self, name: ast.Name) -> Scope | None:
        """`holder_of` where that is not the scope that the name is used in: what it stands for then is the same there
        at every place.
        """
        holder = self.holder_of(name)
        return holder if holder is not self.scope_of(name) else None

    def _is_bound_before(self, holder: Scope, name: ast.Name) -> bool:
        here = (name.lineno, name.col_offset)
        return any(
            binding.end <= here or isinstance(binding.node, ast.ExceptHandler) for binding in holder.bindings[name.id]
        )

    def bindings_in_force(self, name: ast.Name) -> list[Binding]:
        """The bindings that a name can have its value from where it is used, in the order of the file."""
        holder = self.holder_of(name)
        if holder is None:
            return []
        bindings = holder.bindings[name.id]
        if self.scope_of(name) is holder:
            here = (name.lineno, name.col_offset)
            before = bisect_right(bindings, here, key=_position)
            return self._last_of((bindings[index] for index in range(before - 1, -1, -1)), holder, here) or (
                self._last_of(reversed(bindings), holder)
            )
        return self._last_of(reversed(bindings), holder)

    def _last_of(
        self, backwards: Iterable[Binding], holder: Scope, here: tuple[int, int] | None = None
    ) -> list[Binding]:
        """The last binding that always runs and those after it, in the order of the file.

        Args:
            backwards: all of them, the last first.
            holder: the scope that they are in.
            here: only those that have come to their end there; all if None.
        """
        found = []
        for binding in backwards:
            if here is None or binding.end <= here:
                found.append(binding)
                if self.parents.get(binding.node) is holder.node:
                    # It always runs, so what was bound before it is replaced.
                    break
        found.reverse()
        return found

    def scope_made_by(self, node: ast.AST) -> Scope:
        """The scope that a class, function, lambda or module opens."""
        return self._scopes[node]

    def scopes(self) -> Iterator[Scope]:
        """All scopes of the file."""
        yield from self._scopes.values()

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around ``node``, innermost first."""
        current = self.parents.get(node)
        while current is not None:
            yield current
            current = self.parents.get(current)

    def statement_of(self, node: ast.AST) -> ast.stmt:
        """The innermost statement that ``node`` belongs to."""
        current: ast.AST = node
        while not isinstance(current, ast.stmt):
            current = self.parents[current]
        return current

    @staticmethod
    def _evaluated_outside(child: ast.AST, opener: ast.AST) -> bool:
        """Decorators, bases and annotations belong to the scope around what they adorn."""
        if isinstance(opener, ast.ClassDef):
            return isinstance(child, ast.expr | ast.keyword)
        return isinstance(opener, Function) and isinstance(child, ast.expr)

    def _visit(self, tree: ast.Module, below: Mapping[ast.AST, Sequence[ast.AST]]) -> None:
        parents = self.parents
        stack: list[tuple[ast.AST, Scope]] = [(tree, self.module)]
        while stack:
            node, scope = stack.pop()
            kind = type(node)
            if kind in _BINDERS:
                self._bind(node, scope)
            inner = self._opened_scope(node, scope) if kind in _OPENERS else scope
            if inner is scope:
                for child in below.get(node, ()):
                    parents[child] = node
                    stack.append((child, scope))
            else:
                for child in below.get(node, ()):
                    parents[child] = node
                    stack.append((child, scope if self._evaluated_outside(child, node) else inner))
        for scope in self._scopes.values():
            for bindings in scope.bindings.values():
                bindings.sort(key=_position)

    def _opened_scope(self, node: ast.AST, scope: Scope) -> Scope:
        self._scopes[node] = Scope(node, scope)
        return self._scopes[node]

    def _bind(self, node: ast.AST, scope: Scope) -> None:
        match node:
            case ast.Import():
                for alias in node.names:
                    name = alias.asname or alias.name.split(".")[0]
                    module = alias.name if alias.asname else name
                    scope.bind(Binding(name, node, "import", module=module))
            case ast.ImportFrom():
                module = "." * node.level + (node.module or "")
                for alias in node.names:
                    if alias.name == "*":
                        scope.star_imports.append(module)
                    else:
                        name = alias.asname or alias.name
                        scope.bind(Binding(name, node, "import", module=module, attribute=alias.name))
            case ast.ClassDef(name=name):
                scope.bind(Binding(name, node, "class"))
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                scope.bind(Binding(name, node, "function"))
            case ast.arg(arg=name):
                scope.bind(Binding(name, node, "parameter"))
            case ast.Assign():
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        scope.bind(Binding(target.id, node, "assign", value=node.value))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                scope.bind(Binding(name, node, "assign", value=value))
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                scope.outer_names.update(names)
            case ast.ExceptHandler(name=str(name)):
                scope.bind(Binding(name, node, "other"))
            case ast.Name(ctx=ast.Store() | ast.Del()):
                self._bind_target(node, scope)

    def _bind_target(self, node: ast.Name, scope: Scope) -> None:
        """A name stored to, unless the statement around has already bound it with its value."""
        parent = self.parents.get(node)
        if isinstance(parent, ast.Assign) or (isinstance(parent, ast.AnnAssign) and parent.target is node):
            return
        scope.bind(Binding(node.id, node, "other"))


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below ``node``, in their order, but for operators and contexts, which stand nowhere."""
    kind = type(node)
    names = _fields_of.get(kind)
    if names is None:
        names = _fields_of[kind] = tuple(name for name in node._fields if name not in _WITHOUT_NODES)
    found: list[ast.AST] = []
    for name in names:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def _position(binding: Binding) -> tuple[int, int]:
    return (getattr(binding.node, "lineno", 0), getattr(binding.node, "col_offset", 0))
