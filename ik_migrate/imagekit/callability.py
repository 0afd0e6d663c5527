"""Whether an argument is a callable, and how generated code can call it.

ImageKit 2 asked ``callable(processors)`` and ``callable(cache_to)`` at run time
(``imagekit/models/fields/__init__.py`` and ``files.py`` of 2.0.4); here it is read from the source.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum

from ik_migrate.imagekit.callers import passed_for
from ik_migrate.project.module import Module, Target
from ik_migrate.source.scopes import Function

_CALL_DEPTH = 6


class Verdict(Enum):
    """Whether a value is callable."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Callability:
    """What is known of an argument's value.

    Args:
        verdict: whether it is callable.
        function: its definition, where it is a function or lambda.
        module: the file with that definition.
        reason: why it cannot be determined.
    """

    verdict: Verdict
    function: Function | ast.Lambda | None = None
    module: Module | None = None
    reason: str = ""


_NO = Callability(Verdict.NO)
_LITERALS = (
    *(ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp),
    *(ast.Constant, ast.JoinedStr, ast.BinOp, ast.Compare, ast.UnaryOp),
)
_PLAIN_BUILTINS = frozenset({"list", "tuple", "sorted", "map", "filter", "set", "str", "unicode", "reversed"})


def classify(module: Module, expression: ast.expr, depth: int = 0) -> Callability:
    """Whether ``expression``, as it stands in ``module``, is callable."""
    if depth > _CALL_DEPTH:
        return _unknown("it is defined in a circle")
    if isinstance(expression, _LITERALS):
        return _NO
    match expression:
        case ast.Lambda():
            return Callability(Verdict.YES, expression, module)
        case ast.Name() | ast.Attribute():
            return _judge_name(module, expression, depth)
        case ast.Call():
            return _judge_call(module, expression, depth)
        case ast.IfExp(body=body, orelse=orelse):
            return _agreed([classify(module, value, depth + 1) for value in (body, orelse)])
        case ast.BoolOp(values=values):
            return _agreed([classify(module, value, depth + 1) for value in values])
        case ast.Subscript():
            return _judge_item(module, expression, depth)
    return _unknown("what it is can only be seen when it runs")


def _unknown(reason: str) -> Callability:
    return Callability(Verdict.UNKNOWN, reason=reason)


def _agreed(judgements: list[Callability]) -> Callability:
    """What is known of a value that is one of several."""
    first, *others = judgements
    if any(other.verdict is not first.verdict for other in others):
        return _unknown("it is a callable in one case and not in the other")
    return first if not others or first.verdict is Verdict.UNKNOWN else Callability(first.verdict)


def _judge_name(module: Module, expression: ast.Name | ast.Attribute, depth: int) -> Callability:
    target = module.resolve(expression)
    if target is not None and target.others:
        return _agreed([_judge_target(module, expression, one, depth) for one in (target, *target.others)])
    return _judge_target(module, expression, target, depth)


def _judge_target(
    module: Module, expression: ast.Name | ast.Attribute, target: Target | None, depth: int
) -> Callability:
    shown = module.text.text_of(expression)
    if isinstance(expression, ast.Attribute) and (target is None or target.module is None):
        method = _method_of_object(module, expression)
        if method is not None:
            return method
    if target is None or target.module is None or target.binding is None:
        if target is not None and target.qualified.startswith("builtins."):
            return _NO if target.qualified == "builtins.None" else Callability(Verdict.YES)
        return _unknown(f"{shown} is defined outside this project")
    binding = target.binding
    match binding.kind:
        case "function":
            assert isinstance(binding.node, Function)
            if not _are_known(target.module, binding.node.decorator_list):
                return _unknown(f"{shown} is decorated, so what it really is can only be seen when it runs")
            return Callability(Verdict.YES, binding.node, target.module)
        case "class":
            return Callability(Verdict.YES)
        case "assign" if binding.value is not None:
            return classify(target.module, binding.value, depth + 1)
        case "parameter":
            return _judge_parameter(target.module, binding.node, shown, depth)
    return _unknown(f"what {shown} is can only be seen when it runs")


def _judge_parameter(module: Module, parameter: ast.AST, shown: str, depth: int) -> Callability:
    """What all callers pass, where they can be seen; a callable among it has to be taken out of the call by hand."""
    passed = passed_for(module, parameter)
    for caller, value in passed or ():
        if classify(caller, value, depth + _CALL_DEPTH // 2).verdict is not Verdict.NO:
            place = f"{caller.shown_path}:{caller.text.source.line_of(caller.text.start(value)) + 1}"
            return _unknown(f"{shown} is a parameter, and {caller.text.text_of(value)} in {place} may be a callable")
    return _NO if passed else _unknown(f"{shown} is a parameter, so what it is depends on the caller")


def _judge_item(module: Module, expression: ast.Subscript, depth: int) -> Callability:
    """An item of a dict, list or tuple that is written out in the project: ``LOOKS['web']``, ``LOOKS[kind]``."""
    if isinstance(expression.slice, ast.Slice):
        return _NO
    shown = module.text.text_of(expression)
    target = module.resolve(expression.value) if isinstance(expression.value, ast.Name | ast.Attribute) else None
    if target is None or target.module is None or target.binding is None:
        return _unknown(f"what {shown} is can only be seen when it runs")
    holder = target.binding.value
    judgements = [classify(target.module, item, depth + 1) for item in _items(holder, expression.slice)]
    return _agreed(judgements) if judgements else _unknown(f"what {shown} is can only be seen when it runs")


def _items(holder: ast.expr | None, key: ast.expr) -> list[ast.expr]:
    """What a literal holds under a key; all that it holds where the key is not a literal."""
    match holder, key:
        case ast.Dict(), _:
            known = [entry.value for entry in holder.keys if isinstance(entry, ast.Constant)]
            if len(known) < len(holder.keys):
                return []
            values = dict(zip(known, holder.values, strict=True))
            if isinstance(key, ast.Constant):
                return [values[key.value]] if key.value in values else []
            return list(values.values())
        case ast.List(elts=items) | ast.Tuple(elts=items), _ if any(isinstance(item, ast.Starred) for item in items):
            return []
        case ast.List(elts=items) | ast.Tuple(elts=items), ast.Constant(value=int(index)):
            return items[index : index + 1]
        case ast.List(elts=items) | ast.Tuple(elts=items), _:
            return items
    return []


def _method_of_object(module: Module, expression: ast.Attribute) -> Callability | None:
    """A method of an object whose class is known: ``Sizes(50).pick``, or ``sizes.pick`` with a name for it."""
    made: ast.expr | None = expression.value
    home = module
    if isinstance(made, ast.Name | ast.Attribute):
        target = module.resolve(made)
        if target is None or target.module is None or target.binding is None:
            return None
        made, home = target.binding.value, target.module
    if not isinstance(made, ast.Call):
        return None
    owner = home.resolve(made.func)
    if owner is None or owner.module is None or owner.binding is None:
        return None
    if not isinstance(owner.binding.node, ast.ClassDef):
        return None
    bindings = owner.module.text.names.scope_made_by(owner.binding.node).bindings.get(expression.attr, [])
    node = bindings[0].node if len(bindings) == 1 else None
    if not isinstance(node, Function) or not _are_known(owner.module, node.decorator_list):
        return None
    return Callability(Verdict.YES, node, owner.module)


def _are_known(module: Module, decorators: list[ast.expr]) -> bool:
    """Whether the decorators leave a function that is called with the same arguments."""
    known = {"builtins.staticmethod", "builtins.classmethod"}
    return all(module.qualified(decorator) in known for decorator in decorators)


def _judge_call(module: Module, call: ast.Call, depth: int) -> Callability:
    shown = module.text.text_of(call.func)
    target = module.resolve(call.func)
    qualified = target.qualified if target is not None else ""
    if qualified == "functools.partial":
        return Callability(Verdict.YES)
    if qualified.startswith("builtins."):
        return _NO if qualified.partition(".")[2] in _PLAIN_BUILTINS else _unknown(f"{shown}() may return anything")
    if qualified.startswith(("imagekit.processors.", "os.path.")):
        return _NO
    if target is None or target.module is None or target.binding is None:
        return _unknown(f"{shown} is defined outside this project, so what it returns cannot be determined")
    node = target.binding.node
    if isinstance(node, ast.ClassDef):
        return _judge_instance(target.module, node)
    if isinstance(node, Function) and not node.decorator_list:
        return _judge_returned(target.module, node, depth)
    return _unknown(f"what {shown}() returns can only be seen when it runs")


def _judge_instance(module: Module, node: ast.ClassDef) -> Callability:
    """An object of a class of the project."""
    members = {item.name for item in node.body if isinstance(item, Function)}
    if "__call__" in members:
        return Callability(Verdict.YES)
    bases = [module.resolve(base) for base in node.bases]
    for base in bases:
        if base is not None and base.module is not None and base.binding is not None:
            if isinstance(base.binding.node, ast.ClassDef):
                inherited = _judge_instance(base.module, base.binding.node)
                if inherited.verdict is not Verdict.NO:
                    return inherited
        elif base is None or not base.qualified.startswith(("builtins.", "imagekit.")):
            return _unknown(f"{node.name} has a base class outside this project")
    return _NO


def _judge_returned(module: Module, function: Function, depth: int) -> Callability:
    """What a function of the project returns."""
    names = module.text.names
    own = names.scope_made_by(function)
    returned = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Return) and node.value is not None and names.scope_of(node) is own
    ]
    if not returned:
        return _unknown(f"{function.name}() returns nothing that can be seen")
    judgements = [classify(module, value, depth + 1) for value in returned]
    for judgement in judgements:
        if judgement.verdict is not judgements[0].verdict or judgement.verdict is Verdict.UNKNOWN:
            return _unknown(f"what {function.name}() returns can only be seen when it runs")
    return Callability(judgements[0].verdict)
