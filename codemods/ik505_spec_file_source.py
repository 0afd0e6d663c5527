"""``source_file`` of a spec file is the ``source`` of its generator."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.imagekit.file_api import has_legacy_files, keep_file_api
from ik_migrate.imagekit.spec_file_paths import paths_in_strings
from ik_migrate.imagekit.spec_files import spec_file_uses
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
    if has_legacy_files(module.project):
        return
    for path in paths_in_strings(module, ("source_file",)):
        separator = path.separator
        value, start = path.literal.value, path.end - len("source_file")
        place = path.literal.locate(start, path.end)
        new = f"generator{separator}source"
        finding = make_finding(
            RULE,
            module,
            path.literal.node,
            f"`{path.shown}` is a path through a spec file, which has no `source_file`",
            Applicability.MANUAL if place is None else Applicability.UNSAFE,
            suggestion=repr(value[:start] + new + value[path.end :]),
            changes=[] if place is None else [Edit(*place, (new,))],
        )
        yield keep_file_api(finding, module.project)
