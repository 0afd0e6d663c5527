"""Methods of a spec file that ImageKit 3 does not have, as calls of functions of the support module."""

from __future__ import annotations

from ik_migrate.codegen.errors import CannotGenerate
from ik_migrate.codegen.spec_class import span_of
from ik_migrate.codegen.support.use import use_support
from ik_migrate.imagekit.spec_files import SpecFileUse
from ik_migrate.model.change import Change, Edit
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule

_REMOVAL = """\
from imagekit.cachefiles.backends import CacheFileState

file = {file}
file.storage.delete(file.name)
file.cachefile_backend.set_state(file, CacheFileState.DOES_NOT_EXIST)"""
_BY_HAND = {
    "validate_file": "{file}.generate()",
    "invalidate_file": _REMOVAL,
    "clear_file": _REMOVAL,
    "remove_file": _REMOVAL,
    "generate_file": "from imagekit.utils import generate\n\ncontent = generate({file}.generator)",
}
"""What to write by hand in the place of a function, where nothing is known to have the support module define it."""
_DO_BY_HAND = "Use the code below, which does not need the support module."


def suggest_by_hand(function: str, file: str) -> str:
    """Return code of ImageKit 3 alone that does the same as a function of the support module."""
    return _BY_HAND[function].format(file=file)


def replace_method(rule: Rule, use: SpecFileUse, message: str, function: str, arguments: str = "") -> Finding:
    """Return the finding that calls a function of the support module in the place of a method.

    Args:
        rule: the rule.
        use: the method of a spec file.
        message: what is found.
        function: the name of the function in the support module.
        arguments: what is passed after the file, as ``, save=False``.
    """
    if use.call is None:
        suggestion = suggest_by_hand(function, use.shown)
        return use.make_finding(rule, message, Applicability.MANUAL, help=_DO_BY_HAND, suggestion=suggestion)
    try:
        local, changes = use_support(use.module, function)
    except CannotGenerate as error:
        return use.make_finding(rule, message, Applicability.MANUAL, why=f"Not rewritten: {error}. {rule.why}")
    text = use.module.text
    pieces = (f"{local}(", span_of(use.module, use.node.value), f"{arguments})")
    edit: Change = Edit(text.start(use.call), text.end(use.call), pieces)
    if use.file.doubt:
        # It becomes manual, and then nothing has the support module define the function.
        suggestion = suggest_by_hand(function, use.shown)
        return use.make_finding(rule, message, Applicability.SAFE, help=_DO_BY_HAND, suggestion=suggestion)
    suggestion = f"{local}({use.shown}{arguments})"
    return use.make_finding(rule, message, Applicability.SAFE, changes=(edit, *changes), suggestion=suggestion)
