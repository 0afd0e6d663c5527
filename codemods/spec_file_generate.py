"""``generate()`` of a spec file has another argument, and gives nothing back."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ik_migrate.imagekit.spec_files import SpecFileUse, spec_file_uses
from ik_migrate.imagekit.version_detection import is_ik3_code
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.project.module import Module
from ik_migrate.rules import Codemod

_EXAMPLE = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='image')


def thumbnail_for_mail(photo):
    return photo.thumbnail.generate(save=False).read()
"""

RULE = Rule(
    code="IK504",
    name="spec-file-generate",
    summary="`generate()` of a spec file takes `force=` instead of `save=`, and gives nothing back",
    applicability=(Applicability.MANUAL, Applicability.NOTICE),
    why=(
        "ImageKit 2 made the picture, saved it unless told `save=False`, and gave back its content. ImageKit 3 makes it"
        " only if it is not there, and gives back None; `save=` is a `TypeError`, and a positional argument means"
        " `force`. Its `generate(force=True)` does not overwrite: it saves a second file that is never used."
    ),
    help="For the content, call `imagekit.utils.generate` with the spec; to have the file there, call `generate()`.",
    source="ImageSpecFieldFile.generate of 2.0.4; ImageCacheFile.generate in imagekit/cachefiles of 3.0.4 to 6.1.1",
    before=_EXAMPLE,
    after=_EXAMPLE,
)


def check_module(module: Module) -> Iterator[Finding]:
    """Report calls that are ImageKit 2's, or whose result ImageKit 3 does not give."""
    for use in spec_file_uses(module):
        if use.member != "generate" or use.call is None:
            continue
        finding = _finding(use, use.call)
        if finding is not None:
            yield finding


def _finding(use: SpecFileUse, call: ast.Call) -> Finding | None:
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if "force" in keywords:
        return None
    content = f"from imagekit.utils import generate\n\ncontent = generate({use.shown}.generator)"
    if not call.args and not keywords:
        if not use.is_statement:
            message = f"{use.shown}.generate() gives nothing back any more"
            return use.make_finding(RULE, message, Applicability.MANUAL, suggestion=content)
        return _bare(use)
    save = call.args[0] if call.args else keywords.get("save")
    message = f"{use.shown}.generate() takes no save= any more"
    if isinstance(save, ast.Constant) and not save.value:
        return use.make_finding(RULE, message, Applicability.MANUAL, suggestion=content)
    if use.is_statement:
        again = "# if the picture is to be made even where there is one:\n" + use.removal(make_anew=True)
        code = f"{use.shown}.generate()\n\n{again}"
    else:
        code = f"{content}\n{use.shown}.generate()"
    return use.make_finding(RULE, message, Applicability.MANUAL, suggestion=code)


def _bare(use: SpecFileUse) -> Finding | None:
    """``generate()`` as a statement: valid in both, and also what this tool writes for ``validate()``."""
    module = use.module
    if not module.project.has_ik2_code or is_ik3_code(module, use.node):
        return None
    message = f"{use.shown}.generate() makes the picture only if it is not there"
    return use.make_finding(RULE, message, Applicability.NOTICE, suggestion=use.removal(make_anew=True))


CODEMOD = Codemod(rules=(RULE,), module=check_module)
