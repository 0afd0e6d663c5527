"""``imagekit.lib`` was removed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.codegen.moved_names import import_lines, move_name
from ik_migrate.imagekit.imagekit_0x_code import is_of_imagekit_0x
from ik_migrate.project.imported_names import dotted_imports, imports_from
from ik_migrate.rules import Applicability, ErrorSymptom, Finding, Module, Rule, checks_module, make_finding

RULE = Rule(
    code="IK206",
    name="imagekit-lib",
    summary="`imagekit.lib` was removed in 5.0: import from `PIL`",
    applicability=(Applicability.SAFE, Applicability.UNSAFE, Applicability.MANUAL),
    why=(
        "`imagekit.lib` only re-exported PIL's modules and `StringIO`. ImageKit 5.0 and later have no such module:"
        " `ImportError`."
    ),
    help="Import PIL's modules from PIL, and BytesIO from io instead of StringIO.",
    source="imagekit/lib.py of 2.0.4, 3.0.4, 3.3 and 4.1; not in 5.0",
    before="""\
from imagekit.lib import Image, ImageEnhance


class Warmer(object):
    def process(self, img):
        return ImageEnhance.Color(img.convert('RGB')).enhance(1.1)
""",
    after="""\
from PIL import Image, ImageEnhance


class Warmer(object):
    def process(self, img):
        return ImageEnhance.Color(img.convert('RGB')).enhance(1.1)
""",
    path="processors.py",
    symptoms=(ErrorSymptom(r"imagekit\.lib", "imagekit.lib was removed in 5.0"),),
)

_PIL = frozenset(
    {"Image", "ImageColor", "ImageChops", "ImageEnhance", "ImageFile", "ImageFilter", "ImageDraw", "ImageStat"}
)

_STRING_IO = (
    "imagekit.lib's StringIO was cStringIO.StringIO. io.BytesIO takes its place, on Python 3 as well; but it takes no"
    " unicode text, not even on Python 2."
)

_OLD = "Not rewritten: the file is ImageKit 0.x's, which must be rewritten by hand."


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Import the names from where they are."""
    for whole in imports_from(module, ["imagekit.lib"]):
        yield _from_lib(module, whole)
    for _, alias, dotted in dotted_imports(module):
        if dotted == "imagekit.lib":
            message, suggestion = "imagekit.lib was removed in 5.0", "from PIL import Image"
            yield make_finding(RULE, module, alias, message, Applicability.MANUAL, suggestion=suggestion)


def _from_lib(module: Module, node: ast.ImportFrom) -> Finding:
    moves = [move_name(module, node, alias, "PIL", alias.name) for alias in node.names if alias.name in _PIL]
    # The name stays, so that nothing else in the file has to change.
    buffers = [alias for alias in node.names if alias.name == "StringIO"]
    moves += [move_name(module, node, alias, "io", "BytesIO", alias.asname or "StringIO") for alias in buffers]
    is_old = is_of_imagekit_0x(module)
    is_clear = len(moves) == len(node.names) and not is_old
    names = ", ".join(alias.name for alias in node.names)
    return make_finding(
        RULE,
        module,
        node,
        f"{names} of imagekit.lib: the module was removed in 5.0",
        Applicability.MANUAL if not is_clear else Applicability.UNSAFE if buffers else Applicability.SAFE,
        changes=moves if is_clear else (),
        why=" ".join([RULE.why, *[_STRING_IO] * bool(buffers), *[_OLD] * is_old]),
        suggestion="\n".join(import_lines(moves)),
    )
