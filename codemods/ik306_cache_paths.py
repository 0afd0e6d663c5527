"""``cache/...`` written out: ImageKit 2's files are looked for where ImageKit 3 does not put them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from ik_migrate.imagekit.media_paths import CACHE
from ik_migrate.project.module import ProjectIndex
from ik_migrate.project.string_literals import Literal, literals
from ik_migrate.rules import Applicability, Finding, Module, Rule, TextFile, checks_module, checks_text, make_finding_at
from ik_migrate.source.comments import in_comment

RULE = Rule(
    code="IK306",
    name="cache-paths",
    summary="literal `cache/...` paths",
    applicability=(Applicability.MANUAL,),
    why=(
        "ImageKit 2 put its files into the folder cache of the media folder, named after source and field."
        " ImageKit 3 puts them into CACHE/images, under names that end in a hash. The old files are"
        " kept, and are not regenerated when their sources change."
    ),
    help=(
        "Take the address from the spec field (`photo.thumbnail.url`). Where the whole folder is meant, as in the"
        " configuration of a server, name CACHE/images."
    ),
    source="imagekit/models/fields/files.py of 2.0.4; imagekit/conf.py and imagekit/cachefiles/namers.py of 3.0.4",
    before="""\
from django.conf import settings
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')

    def preview(self):
        return settings.MEDIA_URL + 'cache/photos/%s_small.jpg' % self.pk
""",
    after="""\
from django.conf import settings
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], source='image')

    def preview(self):
        return settings.MEDIA_URL + 'cache/photos/%s_small.jpg' % self.pk
""",
)

_END = r"(?=[/\s\"'`;,:)(\]}|*?$]|\Z)"
_MEDIA = re.compile(r"MEDIA_URL|MEDIA_ROOT")
_AFTER_MEDIA = re.compile(
    r"(?:MEDIA_URL|MEDIA_ROOT|get_media_prefix)\s*(?:\|\s*\w+\s*)?[\"']?(?:\}\}|%\}|\}|\))?[\"']?"
    rf"\s*(?:[+,]\s*[\"'])?/?(?P<path>cache{_END}[^\s\"'`;,)<>]*)"
)
_RELATIVE = re.compile(rf"(?:^|%s|%\(\w+\)s|\{{[^{{}}]*\}})/?(?P<path>cache{_END}.*)", re.S)
_OTHER_KEYWORDS = frozenset({"cache_to", "upload_to", "location"})


@checks_text(RULE)
def check_text(file: TextFile) -> Iterator[Finding]:
    """Look for the folder behind the media folder, its setting, or before a known upload folder."""
    if not _concerns(file.project):
        return
    text = file.source.text
    if CACHE not in text:
        return
    seen: set[int] = set()
    for pattern in (_written_out(file.project), _AFTER_MEDIA):
        for match in pattern.finditer(text):
            start = match.start("path")
            if start in seen or _is_chosen(file.project, match["path"]) or in_comment(file.name, text, start):
                continue
            seen.add(start)
            yield _finding(file, (match.start(), match.end()), match.group())


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Look into string literals, with the expression around them."""
    if not _concerns(module.project) or CACHE not in module.text.source.text:
        return
    pattern = _written_out(module.project)
    for literal in literals(module):
        if CACHE not in literal.value or _is_for_others(literal):
            continue
        match = pattern.search(literal.value)
        if match is None and _MEDIA.search(_expression(literal)):
            match = _RELATIVE.search(literal.value)
        if match is not None and not _is_chosen(module.project, match["path"]):
            place = (module.text.start(literal.node), module.text.end(literal.node))
            yield _finding(module, place, match["path"])


def _finding(file: TextFile | Module, place: tuple[int, int], shown: str) -> Finding:
    shown = " ".join(shown.split()).rstrip("\"'")
    return make_finding_at(
        RULE, file, place, f"{shown} looks like a path of ImageKit 2's cache files", Applicability.MANUAL
    )


def _concerns(project: ProjectIndex) -> bool:
    """Whether ImageKit 2 chose the names of some files of the project, and they change."""
    return project.has_ik2_code and project.around.has_default_names and not project.keep_cache_names


def _is_chosen(project: ProjectIndex, path: str) -> bool:
    """Whether the path is one that the project chose with ``cache_to=``, which stays."""
    return any(path == folder or path.startswith(f"{folder}/") for folder in project.around.cache_to_folders)


def _written_out(project: ProjectIndex) -> re.Pattern[str]:
    around = project.around
    return _pattern(frozenset(around.media_folders), frozenset(around.upload_folders))


@lru_cache(maxsize=8)
def _pattern(media: frozenset[str], uploads: frozenset[str]) -> re.Pattern[str]:
    """``media/cache`` with any media folder, or ``cache/photos`` with any upload folder."""
    rest = r"[^\s\"'`;,)<>{}]*"
    folders = "|".join(re.escape(folder) for folder in sorted(media))
    pattern = rf"(?:(?<![\w.-])(?:{folders})/"
    if uploads:
        heads = "|".join(re.escape(folder) for folder in sorted(uploads, key=len, reverse=True))
        pattern += rf"|(?<![\w.-])(?<!var/)(?<!tmp/)(?<!home/)(?=cache/(?:{heads}){_END})"
    return re.compile(rf"{pattern})(?P<path>cache{_END}{rest})")


def _is_for_others(literal: Literal) -> bool:
    """Whether the string is a place of something else: an argument such as ``upload_to=``, Django's own cache."""
    parents = literal.module.text.names.parents
    child: ast.AST = literal.node
    parent = parents.get(child)
    while isinstance(parent, ast.expr | ast.keyword):
        if isinstance(parent, ast.keyword) and (parent.arg or "").lower() in _OTHER_KEYWORDS:
            return True
        if isinstance(parent, ast.Dict) and child in parent.values:
            key = parent.keys[parent.values.index(child)]
            if isinstance(key, ast.Constant) and str(key.value).lower() in _OTHER_KEYWORDS:
                return True
        child, parent = parent, parents.get(parent)
    return False


def _expression(literal: Literal) -> str:
    """The text of the sum, formatting or call that the string is part of."""
    parents = literal.module.text.names.parents
    node: ast.AST = literal.node
    parent = parents.get(node)
    while isinstance(parent, ast.BinOp | ast.Call | ast.Attribute) or (
        isinstance(parent, ast.Tuple) and isinstance(parents.get(parent), ast.BinOp)
    ):
        node, parent = parent, parents.get(parent)
    return literal.module.text.text_of(node)
