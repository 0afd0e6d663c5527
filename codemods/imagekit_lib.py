"""``imagekit.lib`` was removed, and so was Pillow's ``Image.ANTIALIAS``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.codegen.moved_names import import_lines, move_name
from ik_migrate.imagekit.imagekit_0x_code import is_of_imagekit_0x
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.project.imported_names import imports_from, spelled
from ik_migrate.project.module import Module
from ik_migrate.project.reporting import make_finding
from ik_migrate.rules import Codemod

LIB = Rule(
    code="IK206",
    name="imagekit-lib",
    summary="`imagekit.lib` was removed in 5.0: import from `PIL`",
    applicability=(Applicability.SAFE, Applicability.UNSAFE, Applicability.MANUAL),
    why="It only re-exported PIL's modules and `StringIO`. ImageKit 5.0 and later have no such module: `ImportError`.",
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
)

_ANTIALIAS = """\
from imagekit.processors import ResizeToFill
from PIL import Image


class Poster(ResizeToFill):
    def process(self, img):
        return img.resize((self.width, self.height), Image.ANTIALIAS)
"""

ANTIALIAS = Rule(
    code="IK207",
    name="pil-antialias",
    summary="`Image.ANTIALIAS` was removed in Pillow 10",
    applicability=(Applicability.NOTICE,),
    why=(
        "ImageKit 6 runs with Pillow 10 and later, where `Image.ANTIALIAS` raises `AttributeError` while an image"
        " is generated."
    ),
    help="Use `Image.LANCZOS`, the same filter, which exists since Pillow 2.7.",
    source="Pillow's release notes of 2.7.0 and 10.0.0",
    before=_ANTIALIAS,
    after=_ANTIALIAS,
    path="processors.py",
)

_PIL = frozenset(
    {"Image", "ImageColor", "ImageChops", "ImageEnhance", "ImageFile", "ImageFilter", "ImageDraw", "ImageStat"}
)
_STRING_IO = (
    "imagekit.lib's StringIO was cStringIO.StringIO. io.BytesIO takes its place, on Python 3 as well; but it takes no"
    " unicode text, not even on Python 2."
)
_OLD = "Not rewritten: the file is ImageKit 0.x's, which must be rewritten by hand."
_IMAGES = frozenset({"PIL.Image.ANTIALIAS", "Image.ANTIALIAS", "imagekit.lib.Image.ANTIALIAS"})


def check_module(module: Module) -> Iterator[Finding]:
    """Import the names from where they are; report a filter that was removed."""
    for whole in imports_from(module, ["imagekit.lib"]):
        yield _from_lib(module, whole)
    for statement in module.text.nodes_of(ast.Import, ast.ImportFrom):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                if _is_lib(statement, alias):
                    suggestion = "from PIL import Image"
                    yield make_finding(
                        LIB,
                        module,
                        alias,
                        "imagekit.lib was removed in 5.0",
                        Applicability.MANUAL,
                        suggestion=suggestion,
                    )
    if "imagekit" not in module.text.source.text or module.project.target < "5":
        return
    for node in module.text.nodes_of(ast.Attribute):
        if isinstance(node, ast.Attribute) and node.attr == "ANTIALIAS" and _IMAGES.intersection(spelled(module, node)):
            image = module.text.text_of(node.value)
            message = f"{image}.ANTIALIAS was removed in Pillow 10"
            yield make_finding(ANTIALIAS, module, node, message, Applicability.NOTICE, suggestion=f"{image}.LANCZOS")


def _is_lib(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> bool:
    if isinstance(statement, ast.Import):
        return alias.name == "imagekit.lib"
    return statement.module == "imagekit" and not statement.level and alias.name == "lib"


def _from_lib(module: Module, node: ast.ImportFrom) -> Finding:
    moves = [move_name(module, node, alias, "PIL", alias.name) for alias in node.names if alias.name in _PIL]
    # The name stays, so that nothing else in the file has to change.
    buffers = [alias for alias in node.names if alias.name == "StringIO"]
    moves += [move_name(module, node, alias, "io", "BytesIO", alias.asname or "StringIO") for alias in buffers]
    is_old = is_of_imagekit_0x(module)
    is_clear = len(moves) == len(node.names) and not is_old
    names = ", ".join(alias.name for alias in node.names)
    return make_finding(
        LIB,
        module,
        node,
        f"{names} of imagekit.lib: the module was removed in 5.0",
        Applicability.MANUAL if not is_clear else Applicability.UNSAFE if buffers else Applicability.SAFE,
        changes=moves if is_clear else (),
        why=" ".join([LIB.why, *[_STRING_IO] * bool(buffers), *[_OLD] * is_old]),
        suggestion="\n".join(import_lines(moves)),
    )


CODEMOD = Codemod(rules=(LIB, ANTIALIAS), module=check_module)
