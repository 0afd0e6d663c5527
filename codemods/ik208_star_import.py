"""``from imagekit.processors import *`` brings in more names than it used to."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.rules import Applicability, Finding, Module, Rule, checks_module, make_finding

_EXAMPLE = """\
from photos.helpers import Thumbnail
from imagekit.processors import *

PROCESSORS = [ResizeToFill(50, 50)]
small = Thumbnail(50)
"""

RULE = Rule(
    code="IK208",
    name="star-import",
    summary="`from imagekit.processors import *` can hide a name in the file",
    applicability=(Applicability.MANUAL,),
    why=(
        "ImageKit 3 has processors that ImageKit 2 did not have, `Thumbnail` and `MakeOpaque`. The star"
        " import imports them, and hides earlier definitions of these names."
    ),
    help="Import the processors by name, or import them before the other name is bound.",
    source="imagekit/processors/__init__.py of 2.0.4 and 6.1.1; pilkit/processors of 1.1.13",
    before=_EXAMPLE,
    after=_EXAMPLE,
    path="thumbnails.py",
)

_NEW_NAMES = ("Thumbnail", "MakeOpaque")


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Report star imports behind a binding of one of the new names."""
    for node in module.tree.body:
        if not isinstance(node, ast.ImportFrom) or node.module != "imagekit.processors" or node.level:
            continue
        if node.names[0].name != "*":
            continue
        for name in _NEW_NAMES:
            bindings = module.text.names.module.bindings.get(name, [])
            if any(module.text.start(binding.node) < module.text.start(node) for binding in bindings):
                message = f"this import hides the {name} that is bound above"
                yield make_finding(RULE, module, node, message, Applicability.MANUAL)
