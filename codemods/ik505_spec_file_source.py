"""``source_file`` of a spec file is the ``source`` of its generator."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ik_migrate.imagekit.file_api import has_legacy_files, keep_file_api
from ik_migrate.imagekit.spec_files import spec_file_uses
from ik_migrate.project.string_literals import literals
from ik_migrate.rules import Applicability, Edit, Finding, Module, Rule, checks_module, make_finding, photo_model

RULE = Rule(
    code="IK505",
    name="spec-file-source",
    summary="`source_file` of a spec file is `generator.source`",
    applicability=(Applicability.UNSAFE, Applicability.MANUAL, Applicability.SAFE),
    why="A spec file of ImageKit 3 has no `source_file`: `AttributeError`. Its generator has the source.",
    help="Write `generator.source`.",
    source="ImageSpecFieldFile.source_file of 2.0.4; BaseImageSpec in imagekit/specs/__init__.py of 3.0.4 to 6.1.1",
    before=photo_model(
        "thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='image')",
        below="""\
def original_of(photo):
    return photo.thumbnail.source_file.url
""",
    ),
    after=photo_model(
        "thumbnail = ImageSpecField([ResizeToFill(50, 50)], source='image')",
        below="""\
def original_of(photo):
    return photo.thumbnail.generator.source.url
""",
    ),
)


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Write the longer way."""
    for use in spec_file_uses(module):
        if use.member != "source_file":
            continue
        end = module.text.end(use.node)
        yield use.make_finding(
            RULE,
            f"`{use.shown}` {use.is_or_may_be} a spec file, which has no `source_file`",
            Applicability.UNSAFE,
            changes=(Edit(end - len("source_file"), end, ("generator.source",)),),
            suggestion=f"{use.shown}.generator.source",
        )
    yield from _in_strings(module)


def _in_strings(module: Module) -> Iterator[Finding]:
    """``'thumbnail.source_file.url'``, a path that a serializer, an attrgetter or a template follows."""
    names = set() if has_legacy_files(module.project) else module.project.spec_attributes
    if not names or "source_file" not in module.text.source.text:
        return
    path = re.compile(rf"\b(?:[\w.]*(?:\.|__))?(?:{'|'.join(sorted(map(re.escape, names)))})(\.|__)source_file\b")
    for literal in literals(module):
        for found in path.finditer(literal.value):
            finding = make_finding(
                RULE,
                module,
                literal.node,
                f"{found.group()} is a path through a spec file, which has no `source_file`",
                Applicability.MANUAL,
                suggestion=f"{found.group().removesuffix('source_file')}generator{found.group(1)}source",
            )
            yield keep_file_api(finding, module.project)
