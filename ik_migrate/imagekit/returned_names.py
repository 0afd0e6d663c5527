"""What can be seen of the file names that a ``cache_to`` callable returns, without calling it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from ik_migrate.imagekit.callability import Callability
from ik_migrate.source.scopes import Function
from ik_migrate.source.tree import PythonText

_FORMATS = {
    **dict.fromkeys((".jpg", ".jpeg", ".jpe", ".jfif"), "JPEG"),
    **dict.fromkeys((".tif", ".tiff"), "TIFF"),
    **{".png": "PNG", ".gif": "GIF", ".bmp": "BMP", ".webp": "WEBP", ".ico": "ICO", ".ppm": "PPM"},
}


@dataclass(frozen=True)
class Extension:
    """The extension of the names that are returned.

    Args:
        literal: the extension where it is written out, in lower case.
        is_kept: whether it is that of the source, or the one suggested.
    """

    literal: str = ""
    is_kept: bool = False

    @property
    def format(self) -> str:
        """The PIL format that ImageKit 2 chose by it; empty where it did not choose by it."""
        return _FORMATS.get(self.literal, "")


UNKNOWN = Extension()
KEPT = Extension(is_kept=True)


def returned_extension(judgement: Callability) -> Extension:
    """The extension of the names that a ``cache_to`` callable returns."""
    function, module = judgement.function, judgement.module
    if function is None or module is None:
        return UNKNOWN
    reader = _Reader(module.text, function)
    if isinstance(function, ast.Lambda):
        return reader.tail(function.body)
    own = module.text.names.scope_made_by(function)
    returned = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Return) and node.value is not None and module.text.names.scope_of(node) is own
    ]
    return _common([reader.tail(value) for value in returned])


def _common(extensions: list[Extension]) -> Extension:
    return extensions[0] if extensions and all(other == extensions[0] for other in extensions) else UNKNOWN


class _Reader:
    """Follows the end of a string through the expressions that build it."""

    def __init__(self, text: PythonText, function: Function | ast.Lambda) -> None:
        self._text = text
        parameters = [argument.arg for argument in function.args.args]
        if parameters[:1] == ["self"] and len(parameters) > 4:
            parameters = parameters[1:]
        # The name of the attribute has no extension: the source's format is kept there too.
        self._kept = {name for index, name in enumerate(parameters) if index > 0}
        self._depth = 0

    def tail(self, expression: ast.expr) -> Extension:
        """The extension at the end of what ``expression`` gives."""
        self._depth += 1
        try:
            return UNKNOWN if self._depth > 12 else self._tail(expression)
        finally:
            self._depth -= 1

    def _tail(self, expression: ast.expr) -> Extension:
        match expression:
            case ast.Constant(value=str(text)):
                return _of_text(text)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._after_dot(left, right)
            case ast.BinOp(op=ast.Mod()):
                return self._formatted(expression)
            case ast.IfExp(body=body, orelse=orelse):
                return _common([self.tail(body), self.tail(orelse)])
            case ast.JoinedStr(values=[*_, ast.FormattedValue(value=last)]) | ast.JoinedStr(values=[*_, last]):
                return self.tail(last)
            case ast.Name():
                return self._named(expression)
            case ast.Call():
                return self._called(expression)
        return self._derived(expression)

    def _after_dot(self, left: ast.expr, right: ast.expr) -> Extension:
        match left, right:
            case ast.Constant(value=str(start)), ast.Constant(value=str(end)) if "." not in end:
                return _of_text(start + end) if start + end else UNKNOWN
            case _, ast.Constant(value=str(end)) if "." not in end:
                return UNKNOWN
        return self.tail(right)

    def _formatted(self, expression: ast.BinOp) -> Extension:
        template = expression.left
        if not isinstance(template, ast.Constant) or not isinstance(template.value, str):
            return UNKNOWN
        if not re.search(r"%(\(\w+\))?s$", template.value):
            return _of_text(template.value.replace("%%", "%"))
        right = expression.right
        if isinstance(right, ast.Dict):
            name = re.search(r"%\((\w+)\)s$", template.value)
            for key, value in zip(right.keys, right.values, strict=True):
                if name and isinstance(key, ast.Constant) and key.value == name.group(1):
                    return self.tail(value)
            return UNKNOWN
        return self.tail(right.elts[-1] if isinstance(right, ast.Tuple) and right.elts else right)

    def _named(self, expression: ast.Name) -> Extension:
        if expression.id in self._kept:
            return KEPT
        scope = self._text.scope_of(expression).holder_of(expression.id)
        bindings = scope.bindings[expression.id] if scope is not None else []
        found = []
        for binding in bindings:
            if binding.value is not None:
                found.append(self.tail(binding.value))
            elif isinstance(binding.node, ast.Name):
                statement = self._text.names.statement_of(binding.node)
                value = statement.value if isinstance(statement, ast.Assign) else None
                found.append(self._derived(value) if value is not None else UNKNOWN)
            else:
                found.append(UNKNOWN)
        return _common(found)

    def _called(self, call: ast.Call) -> Extension:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if name == "join" and call.args:
            last = call.args[-1]
            if isinstance(last, ast.List | ast.Tuple) and last.elts:
                last = last.elts[-1]
            return self.tail(last)
        if name in {"lower", "strip", "normpath", "basename", "encode"}:
            inner = call.args[-1] if call.args and name in {"normpath", "basename"} else call.func
            return self.tail(inner.value if isinstance(inner, ast.Attribute) else inner)
        if name == "format" and isinstance(call.func, ast.Attribute):
            template = call.func.value
            if isinstance(template, ast.Constant) and isinstance(template.value, str):
                return self._brace_formatted(template.value, call)
        return self._derived(call)

    def _brace_formatted(self, template: str, call: ast.Call) -> Extension:
        field = re.search(r"\{(\w*)\}$", template)
        if field is None:
            return _of_text(template)
        for keyword in call.keywords:
            if keyword.arg == field.group(1):
                return self.tail(keyword.value)
        if not field.group(1) and call.args:
            return self.tail(call.args[-1])
        by_number = {str(number): argument for number, argument in enumerate(call.args)}
        return self.tail(by_number[field.group(1)]) if field.group(1) in by_number else UNKNOWN

    def _derived(self, expression: ast.expr) -> Extension:
        """Something cut out of the source's name or the suggested extension, with nothing put to it."""
        nodes = list(ast.walk(expression))
        mentions = any(isinstance(node, ast.Name) and node.id in self._kept for node in nodes)
        adds = any(isinstance(node, ast.Constant) and isinstance(node.value, str) for node in nodes)
        return KEPT if mentions and not adds else UNKNOWN


def _of_text(text: str) -> Extension:
    # Not os.path.splitext: a piece like ".jpg" is the end of a longer name here.
    extension = re.search(r"\.\w+$", text)
    return Extension(literal=extension.group().lower()) if extension else KEPT
