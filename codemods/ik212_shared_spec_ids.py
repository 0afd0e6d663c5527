"""ProcessedImageFields that ImageKit 3 confuses."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.imagekit.spec_ids import spec_id_of
from ik_migrate.rules import (
    AddArgument,
    Applicability,
    Finding,
    Rule,
    SpecField,
    checks_spec_field,
    make_finding,
    quoted,
)
from ik_migrate.source.scopes import Function

_EXAMPLE = """\
from django.db import models
from imagekit.models import ImageSpecField, ProcessedImageField
from imagekit.processors import ResizeToFill


def base_of(size):
    class Base(models.Model):
        photo = ProcessedImageField([ResizeToFill(size, size)], upload_to='photos', format='JPEG')

        class Meta:
            abstract = True

    return Base


class Poster(models.Model):
    image = models.ImageField(upload_to='posters')
    small = ImageSpecField([ResizeToFill(20, 20)], image_field='image')
"""

RULE = Rule(
    code="IK212",
    name="shared-spec-ids",
    summary="fields of two abstract models of one name share the processors of the first",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 3 registers a `ProcessedImageField` under app, model and field. If the id is taken, it uses the spec"
        " that is there: uploads are processed with the processors of another model, and the original is lost."
    ),
    help="Give the field its own `spec_id=`.",
    source="SpecHost.set_spec_id in imagekit/specs/__init__.py of 3.0.4 to 6.1.1",
    before=_EXAMPLE,
    after=_EXAMPLE.replace("image_field=", "source="),
)


@checks_spec_field(RULE)
def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Give a field its own id where another one has the same."""
    if not spec.is_processed or spec.model is None or {"spec_id", "spec"} & set(spec.arguments):
        return
    if not spec.module.project.has_ik2_code or spec_id_of(spec) not in spec.module.project.shared_ids:
        return
    message = f"{spec.label}: ImageKit 3 confuses it with a field of another model of that name"
    if isinstance(spec.module.text.scope_of(spec.model).node, Function):
        todo = "Give it a `spec_id=` that is another one for each model that the function makes."
        yield make_finding(RULE, spec.module, spec.call, message, Applicability.MANUAL, help=todo)
        return
    path = spec.module.path.with_suffix("")
    root = spec.module.project.root
    parts = path.relative_to(root).parts if path.is_relative_to(root) else (path.name,)
    value = quoted(spec, ":".join([".".join(parts), spec.model.name, spec.attname]))
    add = AddArgument(spec.offset, "spec_id", (value,))
    yield make_finding(RULE, spec.module, spec.call, message, Applicability.SAFE, changes=[add])
