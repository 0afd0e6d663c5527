"""Find names that a module uses before, or without, binding them.

Module level and class bodies run in order; the body of a function runs when it is called, at the latest after the
module. A name that is bound on one way through a branch counts as bound.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_BUILTINS = frozenset(dir(builtins)) | {"__file__", "__path__", "WindowsError"}
_PYTHON2_BUILTINS = frozenset(
    ("basestring", "cmp", "execfile", "file", "long", "raw_input", "reduce", "reload", "unichr", "unicode", "xrange")
)
_STARS = {
    "imagekit.models": {"ImageSpec", "ImageSpecField", "ProcessedImageField"},
    "imagekit.imagecache": {"NonValidatingImageCacheBackend", "PessimisticImageCacheBackend"},
    "imagekit.processors": {
        *("Adjust", "Anchor", "AddBorder", "Crop", "ProcessorPipeline", "Reflection", "Resize", "ResizeCanvas"),
        *("ResizeToCover", "ResizeToFill", "ResizeToFit", "SmartCrop", "SmartResize", "Transpose", "TrimBorderColor"),
    },
    "imagekit": {"ImageSpec", "register", "unregister"},
}
"""What a star import brings, of those modules that generated code imports so."""


@dataclass(frozen=True, order=True)
class Undefined:
    """A use of a name that is not bound."""

    name: str
    line: int = field(compare=False)

    def __str__(self) -> str:
        return f"line {self.line}: {self.name} is not defined"


def undefined_names(tree: ast.Module, python2: bool) -> set[Undefined]:
    """Return the first use of each name that is not bound when it is used."""
    checker = _Checker(_BUILTINS | (_PYTHON2_BUILTINS if python2 else frozenset()))
    checker.run(tree)
    return checker.found


_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class _Scope(set[str]):
    """The names that are bound in a module, class, function or comprehension.

    Args:
        names: those that are bound from the beginning.
        is_class: whether it is a class body, which the functions in it do not see.
    """

    def __init__(self, names: Iterable[str] = (), is_class: bool = False) -> None:
        super().__init__(names)
        self.is_class = is_class


class _Checker:
    """Goes through a module in the order in which it runs."""

    def __init__(self, known: Iterable[str]) -> None:
        self.found: set[Undefined] = set()
        self._module = _Scope(known)
        self._everything = False
        self._functions: dict[str, list[_Function]] = {}
        self._deferred: list[tuple[_Function, list[_Scope]]] = []
        self._running: set[ast.AST] = set()

    def run(self, tree: ast.Module) -> None:
        """Check a module, then the bodies of its functions with all that it has bound."""
        self._statements(tree.body, [self._module])
        while self._deferred:
            function, scopes = self._deferred.pop()
            self._body(function, scopes)

    # Scopes are listed from the module inwards.

    def _use(self, name: str, line: int, scopes: list[_Scope]) -> None:
        if not self._everything and not any(name in scope for scope in scopes):
            self.found.add(Undefined(name, line))

    def _statements(self, statements: Iterable[ast.stmt], scopes: list[_Scope]) -> None:
        for statement in statements:
            self._statement(statement, scopes)

    def _statement(self, node: ast.stmt, scopes: list[_Scope]) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._expressions([*node.decorator_list, *_defaults(node)], scopes)
            self._function(node, scopes)
            scopes[-1].add(node.name)
            if len(scopes) == 1:
                self._functions[node.name] = [node]
        elif isinstance(node, ast.ClassDef):
            self._expressions([*node.decorator_list, *node.bases, *(word.value for word in node.keywords)], scopes)
            self._statements(node.body, [*scopes, _Scope(is_class=True)])
            scopes[-1].add(node.name)
            if len(scopes) == 1:
                own = [item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"]
                self._functions[node.name] = list(own)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self._import(node, scopes)
        elif isinstance(node, ast.Try):
            self._statements([*node.body], scopes)
            for handler in node.handlers:
                self._expressions([handler.type] if handler.type else [], scopes)
                scopes[-1].update([handler.name] if handler.name else [])
                self._statements(handler.body, scopes)
            self._statements([*node.orelse, *node.finalbody], scopes)
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                self._expression(target, scopes)
        else:
            self._other_statement(node, scopes)

    def _other_statement(self, node: ast.stmt, scopes: list[_Scope]) -> None:
        """Values first, then what is bound, then the blocks inside."""
        blocks: list[ast.stmt] = []
        targets: list[ast.expr] = []
        for name, value in ast.iter_fields(node):
            values = value if isinstance(value, list) else [value]
            for item in values:
                if isinstance(item, ast.stmt):
                    blocks.append(item)
                elif isinstance(item, ast.withitem):
                    self._expression(item.context_expr, scopes)
                    targets += [item.optional_vars] if item.optional_vars else []
                elif isinstance(item, ast.expr):
                    if name in {"target", "targets"}:
                        targets.append(item)
                    else:
                        self._expression(item, scopes)
        for target in targets:
            if isinstance(node, ast.AugAssign) and isinstance(target, ast.Name):
                self._use(target.id, target.lineno, scopes)
            self._expression(target, scopes)
        if isinstance(node, ast.Global | ast.Nonlocal):
            scopes[0].update(node.names)
        self._statements(blocks, scopes)

    def _import(self, node: ast.Import | ast.ImportFrom, scopes: list[_Scope]) -> None:
        for alias in node.names:
            if alias.name == "*":
                names = _STARS.get(getattr(node, "module", None) or "")
                self._everything |= names is None
                scopes[-1].update(names or ())
            else:
                scopes[-1].add(alias.asname or alias.name.partition(".")[0])

    def _expressions(self, nodes: Iterable[ast.expr], scopes: list[_Scope]) -> None:
        for node in nodes:
            self._expression(node, scopes)

    def _expression(self, node: ast.AST, scopes: list[_Scope]) -> None:
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                scopes[-1].add(node.id)
            else:
                self._use(node.id, node.lineno, scopes)
        elif isinstance(node, ast.Lambda):
            self._expressions(_defaults(node), scopes)
            self._function(node, scopes)
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            inner = [*scopes, _Scope()]
            for generator in node.generators:
                self._expression(generator.iter, inner)
                self._expression(generator.target, inner)
                self._expressions(generator.ifs, inner)
            values = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
            self._expressions(values, inner)
        else:
            for child in ast.iter_child_nodes(node):
                self._expression(child, scopes)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                for function in self._functions.get(node.func.id, ()):
                    self._body(function, [self._module])

    def _function(self, node: _Function, scopes: list[_Scope]) -> None:
        """Check the body later; what is bound until then, it sees."""
        self._deferred.append((node, [scope for scope in scopes if not scope.is_class]))

    def _body(self, node: _Function, scopes: list[_Scope]) -> None:
        if node in self._running:
            return
        self._running.add(node)
        body = [*scopes, _Scope([*(item.arg for item in _parameters(node)), *_bound_in(node)])]
        if isinstance(node, ast.Lambda):
            self._expression(node.body, body)
        else:
            self._statements(node.body, body)
        self._running.discard(node)


def _defaults(node: _Function) -> list[ast.expr]:
    given = [*node.args.defaults, *node.args.kw_defaults]
    annotations = [item.annotation for item in _parameters(node)] + [getattr(node, "returns", None)]
    return [item for item in (*given, *annotations) if item is not None]


def _parameters(node: _Function) -> list[ast.arg]:
    arguments = node.args
    more = [item for item in (arguments.vararg, arguments.kwarg) if item is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *more]


def _bound_in(node: _Function) -> Iterator[str]:
    """Yield the names that are local to a function: their order inside it is not looked at."""
    if isinstance(node, ast.Lambda):
        return
    for statement in node.body:
        for inner in ast.walk(statement):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                yield inner.id
            elif isinstance(inner, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler):
                yield inner.name or ""
            elif isinstance(inner, ast.Import | ast.ImportFrom):
                yield from (alias.asname or alias.name.partition(".")[0] for alias in inner.names)
