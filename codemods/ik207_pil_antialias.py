"""Pillow's ``Image.ANTIALIAS`` was removed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.project.imported_names import spelled
from ik_migrate.rules import Applicability, ErrorSymptom, Finding, Module, Rule, checks_module, make_finding

_EXAMPLE = """\
from imagekit.processors import ResizeToFill
from PIL import Image


class Poster(ResizeToFill):
    def process(self, img):
        return img.resize((self.width, self.height), Image.ANTIALIAS)
"""

RULE = Rule(
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
    before=_EXAMPLE,
    after=_EXAMPLE,
    path="processors.py",
    symptoms=(ErrorSymptom("no attribute 'ANTIALIAS'", "Image.ANTIALIAS was removed in Pillow 10: use Image.LANCZOS"),),
)

_IMAGES = frozenset({"PIL.Image.ANTIALIAS", "Image.ANTIALIAS", "imagekit.lib.Image.ANTIALIAS"})


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Report each use of the filter."""
    is_concerned = "imagekit" in module.text.source.text or module.project.has_spec_fields
    if not is_concerned or module.project.target < "5":
        return
    for node in module.text.nodes_of(ast.Attribute):
        if isinstance(node, ast.Attribute) and node.attr == "ANTIALIAS" and _IMAGES.intersection(spelled(module, node)):
            image = module.text.text_of(node.value)
            message = f"{image}.ANTIALIAS was removed in Pillow 10"
            yield make_finding(RULE, module, node, message, Applicability.NOTICE, suggestion=f"{image}.LANCZOS")
