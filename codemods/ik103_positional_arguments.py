"""Arguments past the fourth, given by position, mean other things in ImageKit 3."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.imagekit.spec_field import Argument
from ik_migrate.rules import (
    Applicability,
    Change,
    DropArgument,
    Finding,
    RenameArgument,
    Rule,
    SpecField,
    checks_spec_field,
    make_finding,
    photo_model,
)

RULE = Rule(
    code="IK103",
    name="positional-arguments",
    summary="the positions of arguments after the fourth changed",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "From the fifth argument on, the versions differ: where ImageKit 2 has `pre_cache`, `storage`, `cache_to`,"
        " ImageKit 3 has `cachefile_storage`, `autoconvert`, `cachefile_backend`. They are accepted without an error."
    ),
    help="Pass these arguments by keyword, with their new names.",
    source="ImageSpecField.__init__ in imagekit/models/fields/__init__.py, 2.0.4 and 3.0.4 to 6.1.1",
    blocks_call=True,
    before=photo_model(
        "small = ImageSpecField([ResizeToFill(50, 50)], 'JPEG', None, 'image', None, thumbnails)",
        imports=(
            "from imagekit.models import ImageSpecField",
            "from imagekit.processors import ResizeToFill",
            "from photos.storages import thumbnails",
        ),
    ),
    after=photo_model(
        "small = ImageSpecField([ResizeToFill(50, 50)], 'JPEG', None, 'image', cachefile_storage=thumbnails)",
        imports=(
            "from imagekit.models import ImageSpecField",
            "from imagekit.processors import ResizeToFill",
            "from photos.storages import thumbnails",
        ),
    ),
)

_SAME_PLACE = frozenset({"processors", "format", "options", "image_field", "source"})
# What another rule renames or takes away once it is known by name.
_OTHERS = {"storage": "cachefile_storage"}


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Turn positions into keywords; ``None`` in between is dropped."""
    if spec.is_processed or spec.is_ik3:
        return
    late = [a for a in spec.arguments.values() if a.keyword is None and a.name not in _SAME_PLACE]
    if not late:
        return
    if _looks_like_ik3(spec):
        yield make_finding(
            RULE,
            spec.module,
            late[0].value,
            f"{spec.label}: a fifth positional argument",
            Applicability.MANUAL,
            why="ImageKit 2 raised an exception for any pre_cache, so this may be an ImageKit 3 call already.",
            help="If it is, pass the argument by keyword (cachefile_storage=). If not, remove it.",
        )
        return
    yield make_finding(
        RULE,
        spec.module,
        late[0].value,
        f"{spec.label}: positional {', '.join(f'`{argument.name}`' for argument in late)}",
        Applicability.SAFE,
        changes=[_by_keyword(spec, argument) for argument in late],
    )


def _looks_like_ik3(spec: SpecField) -> bool:
    """Whether the fifth argument is one that ImageKit 2 refused."""
    fifth = spec.arguments.get("pre_cache")
    return fifth is not None and fifth.keyword is None and not fifth.is_none


def _by_keyword(spec: SpecField, argument: Argument) -> Change:
    if argument.is_none:
        return DropArgument(spec.offset, argument.name)
    return RenameArgument(spec.offset, argument.name, _OTHERS.get(argument.name, argument.name))
