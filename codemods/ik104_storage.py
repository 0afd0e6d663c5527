"""``storage=`` is ``cachefile_storage=``."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.rules import (
    Applicability,
    DropArgument,
    ErrorSymptom,
    Finding,
    ImageSymptom,
    RenameArgument,
    Rule,
    Sign,
    SpecField,
    checks_spec_field,
    make_finding,
    photo_model,
)

RULE = Rule(
    code="IK104",
    name="storage",
    summary="`storage=` of a spec field was renamed to `cachefile_storage=`",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why="ImageKit 3 raises `TypeError` for `storage=` while the models are being loaded.",
    help="Rename the argument to `cachefile_storage=`.",
    source="ImageSpecField.__init__ in imagekit/models/fields/__init__.py, 2.0.4 and 3.0.4 to 6.1.1",
    blocks_call=True,
    before=photo_model(
        "small = ImageSpecField([ResizeToFill(50, 50)], image_field='image', storage=thumbnails)",
        imports=(
            "from imagekit.models import ImageSpecField",
            "from imagekit.processors import ResizeToFill",
            "from photos.storages import thumbnails",
        ),
    ),
    after=photo_model(
        "small = ImageSpecField([ResizeToFill(50, 50)], source='image', cachefile_storage=thumbnails)",
        imports=(
            "from imagekit.models import ImageSpecField",
            "from imagekit.processors import ResizeToFill",
            "from photos.storages import thumbnails",
        ),
    ),
    symptoms=(
        ErrorSymptom("unexpected keyword argument '?storage", "storage= was renamed to cachefile_storage="),
        ImageSymptom(Sign.STORAGE_OF_FIELD, "storage= was renamed to cachefile_storage="),
    ),
)


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Rename the argument of a spec field; ``storage=`` of a ProcessedImageField is Django's own."""
    argument = spec.arguments.get("storage")
    if spec.is_processed or argument is None:
        return
    node = argument.keyword or argument.value
    if argument.is_none:
        # Taken away, so that the source's own storage can be named in its place where it has one.
        drop = (DropArgument(spec.offset, "storage"),)
        message = f"{spec.label}: `storage=None` is the default"
        yield make_finding(RULE, spec.module, node, message, Applicability.SAFE, changes=drop)
        return
    if "cachefile_storage" in spec.arguments:
        message = f"{spec.label}: both `storage=` and `cachefile_storage=`"
        todo = "Keep the one that is right, as cachefile_storage=."
        yield make_finding(RULE, spec.module, node, message, Applicability.MANUAL, help=todo)
        return
    yield make_finding(
        RULE,
        spec.module,
        node,
        f"{spec.label}: `storage=` is now `cachefile_storage=`",
        Applicability.SAFE,
        changes=(RenameArgument(spec.offset, "storage", "cachefile_storage"),),
    )
