"""Works out the paths that an expression in a file can stand for, from the place of that file."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path

from ik_migrate.project.module import Module
from ik_migrate.project.string_values import values_of
from ik_migrate.source.scopes import Function

_AS_IT_IS = frozenset(
    {"os.path.abspath", "os.path.realpath", "os.path.normpath", "os.path.expanduser", "os.fspath", "builtins.str"}
    | {"pathlib.Path", "pathlib.PurePath", "unipath.Path", "path.path", "path.Path", "unipath.FSPath"}
)
_UNCHANGED = frozenset({"absolute", "resolve", "abspath", "realpath", "as_posix", "absolute_path"})
_CONSTANTS = {"os.pardir": "..", "os.path.pardir": "..", "os.curdir": ".", "os.sep": "/", "os.path.sep": "/"}
_DEEPEST = 20
_MOST = 20
_MOST_STEPS = 500
_LONGEST = 4096
"""Of a path, in characters; no system has longer ones."""


class PathValues:
    """Evaluates expressions about paths in one file.

    Args:
        module: the file, whose own path ``__file__`` stands for.
        steps: how many expressions may still be looked at, shared with those who ask; names can go in circles.
    """

    def __init__(self, module: Module, steps: list[int] | None = None) -> None:
        self.module = module
        self._steps = [0] if steps is None else steps

    def paths(self, expression: ast.expr) -> list[Path]:
        """The paths that the expression can stand for, absolute; none where that cannot be determined."""
        self._steps[0] = _MOST_STEPS
        folder = str(self.module.path.parent)
        found = {os.path.normpath(os.path.join(folder, text)) for text in self._texts(expression, {}, 0)}
        return [Path(path) for path in sorted(found)]

    def _texts(self, node: ast.expr, given: dict[str, list[str]], depth: int) -> list[str]:
        """The strings that ``node`` can be.

        Args:
            given: the values of parameters, inside of a function that is called.
            depth: how far names have been followed.
        """
        self._steps[0] -= 1
        if depth > _DEEPEST or self._steps[0] < 0:
            return []
        return [text for text in self._any_texts(node, given, depth)[:_MOST] if len(text) <= _LONGEST]

    def _any_texts(self, node: ast.expr, given: dict[str, list[str]], depth: int) -> list[str]:
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.Name() | ast.Attribute():
                return self._of_name(node, given, depth + 1)
            case ast.BinOp():
                return self._of_operator(node, given, depth + 1)
            case ast.Subscript():
                return self._of_subscript(node, given, depth + 1)
            case ast.Call():
                return self._of_call(node, given, depth + 1)
        return []

    def _of_name(self, node: ast.Name | ast.Attribute, given: dict[str, list[str]], depth: int) -> list[str]:
        if isinstance(node, ast.Name):
            if node.id in given:
                return given[node.id]
            if node.id == "__file__":
                return [str(self.module.path)]
        target = self.module.resolve(node)
        if target is not None and target.qualified in _CONSTANTS:
            return [_CONSTANTS[target.qualified]]
        if target is None or target.module is None or target.binding is None:
            if isinstance(node, ast.Attribute) and node.attr == "parent":
                return [os.path.dirname(text) for text in self._texts(node.value, given, depth)]
            return []
        values = target.module.text.names.module.bindings.get(target.binding.name, [target.binding])
        inner = PathValues(target.module, self._steps)
        return [
            text
            for binding in (values if target.binding in values else [target.binding])
            for value in values_of(target.module, binding)
            for text in inner._texts(value, {}, depth)
        ]

    def _of_operator(self, node: ast.BinOp, given: dict[str, list[str]], depth: int) -> list[str]:
        left = self._texts(node.left, given, depth)
        if isinstance(node.op, ast.Mod):
            values = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
            found = []
            for parts in self._combined([node.left, *values], given, depth):
                form, *rest = parts
                if form.count("%") == form.count("%s") == len(rest):
                    found.append(form % tuple(rest))
            return found
        right = self._texts(node.right, given, depth)
        if isinstance(node.op, ast.Add):
            return [one + other for one in left for other in right]
        if isinstance(node.op, ast.Div):
            return [os.path.join(one, other) for one in left for other in right]
        return []

    def _of_subscript(self, node: ast.Subscript, given: dict[str, list[str]], depth: int) -> list[str]:
        """``os.path.split(x)[0]``, ``Path(x).parents[1]``."""
        if not isinstance(node.slice, ast.Constant) or not isinstance(node.slice.value, int):
            return []
        index = node.slice.value
        if isinstance(node.value, ast.Call) and node.value.args:
            called = self.module.qualified(node.value.func)
            texts = self._texts(node.value.args[0], given, depth) if (called, index) == ("os.path.split", 0) else []
            return [os.path.dirname(text) for text in texts]
        if isinstance(node.value, ast.Attribute) and node.value.attr == "parents":
            return [_up(text, index + 1) for text in self._texts(node.value.value, given, depth)]
        return []

    def _of_call(self, node: ast.Call, given: dict[str, list[str]], depth: int) -> list[str]:
        called = self.module.qualified(node.func)
        if called == "os.path.dirname" and node.args:
            return [os.path.dirname(text) for text in self._texts(node.args[0], given, depth)]
        if called == "os.getcwd":
            return [str(self.module.path.parent)]
        if called in _AS_IT_IS or called == "os.path.join":
            return [os.path.join(*parts) for parts in self._combined(node.args, given, depth) if parts]
        if isinstance(node.func, ast.Attribute):
            found = self._of_method(node, node.func, given, depth)
            if found:
                return found
        return self._of_own_function(node, given, depth)

    def _of_method(self, node: ast.Call, function: ast.Attribute, given: dict[str, list[str]], depth: int) -> list[str]:
        """Methods of the classes that stand for paths: pathlib, Unipath, path.py."""
        texts = self._texts(function.value, given, depth)
        if function.attr in _UNCHANGED:
            return texts
        if function.attr == "dirname":
            return [os.path.dirname(text) for text in texts]
        if function.attr in {"child", "joinpath"}:
            rest = self._combined(node.args, given, depth)
            return [os.path.join(text, *parts) for text in texts for parts in rest]
        if function.attr == "ancestor" and node.args and isinstance(node.args[0], ast.Constant):
            levels = node.args[0].value
            return [_up(text, levels) for text in texts] if isinstance(levels, int) else []
        return []

    def _of_own_function(self, node: ast.Call, given: dict[str, list[str]], depth: int) -> list[str]:
        """``here('apps')``, with a function of the project that returns a path."""
        target = self.module.resolve(node.func)
        if target is None or target.module is None or target.binding is None or node.keywords:
            return []
        function = target.binding.value if target.binding.kind == "assign" else target.binding.node
        if isinstance(function, ast.Lambda):
            results = [function.body]
        elif isinstance(function, Function):
            results = [item.value for item in ast.walk(function) if isinstance(item, ast.Return) and item.value]
        else:
            return []
        passed = [self._texts(argument, given, depth) for argument in node.args]
        parameters = [argument.arg for argument in function.args.args]
        inside = dict(zip(parameters, passed, strict=False))
        rest = passed[len(parameters) :]
        if function.args.vararg is not None:
            # What is passed on with * is joined later: one relative path does as well as its pieces.
            inside[function.args.vararg.arg] = [os.path.join("", *parts) for parts in islice(product(*rest), _MOST)]
        inner = PathValues(target.module, self._steps)
        return [text for result in results for text in inner._texts(result, inside, depth)]

    def _combined(self, nodes: list[ast.expr], given: dict[str, list[str]], depth: int) -> Iterator[tuple[str, ...]]:
        """Each choice of one string for each of ``nodes``."""
        texts = [self._texts(node.value if isinstance(node, ast.Starred) else node, given, depth) for node in nodes]
        return islice(product(*texts), _MOST)


def _up(path: str, levels: int) -> str:
    for _ in range(min(levels, _DEEPEST)):
        path = os.path.dirname(path)
    return path
