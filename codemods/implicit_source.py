"""A spec field without ``image_field`` looked for its source; now ``source=`` must name it."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.codegen.literals import quoted
from ik_migrate.imagekit.kwargs_dicts import with_passed_arguments
from ik_migrate.imagekit.sources import image_fields_of
from ik_migrate.imagekit.spec_field import SpecField
from ik_migrate.imagekit.version_detection import is_ik3_code
from ik_migrate.model.change import AddArgument
from ik_migrate.model.finding import Finding
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.project.reporting import make_finding
from ik_migrate.rules import Codemod

IMPLICIT = Rule(
    code="IK102",
    name="implicit-source",
    summary="a spec field without a source should name it",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 2 looked for the only `ImageField` of the model when the image was used. ImageKit 3.0 and 3.1 look"
        " while the class is being built, so the order of attributes decides. Later versions wait for a signal that"
        " abstract models never send: there the attribute does not exist, without an error."
    ),
    help="Name the `ImageField` with `source=`.",
    source="ImageSpecFieldFile.source_file of 2.0.4; ImageSpecField.contribute_to_class of 3.0.4, 3.3 and 6.1.1",
    before="""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)])
""",
    after="""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], source='image')
""",
)

BARE = Rule(
    code="IK112",
    name="bare-field",
    summary="a spec field with only `source=` registers no spec",
    applicability=(Applicability.SAFE, Applicability.MANUAL),
    why=(
        "ImageKit 2 copied the image. ImageKit 3 registers no spec for a field that has only a source: it raises"
        " `NotRegistered`, not when the models are loaded but when an instance is saved."
    ),
    help="Add `processors=[]`.",
    source="SpecHost in imagekit/specs/__init__.py, 3.0.4 to 6.1.1",
    before="""\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    copy = ImageSpecField(image_field='image')
""",
    after="""\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    copy = ImageSpecField(source='image', processors=[])
""",
)

_MAKES_A_SPEC = frozenset(
    {"processors", "format", "options", "storage", "cachefile_storage", "autoconvert", "cachefile_backend"}
    | {"cachefile_strategy", "spec", "id", "image_cache_backend", "cache_to"}
)


def check_spec_field(spec: SpecField) -> Iterator[Finding]:
    """Add the source that ImageKit 2 would have found, and an empty list where there is no spec."""
    spec = with_passed_arguments(spec)
    if spec.is_processed or not (spec.is_whole or spec.is_in_constructor):
        return
    if spec.is_ik3:
        # Whoever wrote it: every ImageKit 3 raises for it.
        if set(spec.arguments) == {"source"} and spec.is_whole:
            yield _bare(spec)
        return
    if is_ik3_code(spec.module, spec.call) and not spec.module.project.has_ik2_code:
        return
    if spec.given("image_field") is None and spec.given("source") is None:
        fields, _ = image_fields_of(spec)
        # Without one, the support module's field takes the call as soon as its `pre_cache` is resolved.
        if fields:
            yield _implicit(spec, fields[0])
    if not any(_makes_a_spec(spec, name) for name in _MAKES_A_SPEC):
        yield _bare(spec)


def _bare(spec: SpecField) -> Finding:
    add = AddArgument(spec.offset, "processors", ("[]",))
    message = f"{spec.label}: `source=` alone registers no spec"
    return make_finding(BARE, spec.module, spec.call, message, Applicability.SAFE, changes=(add,))


def _makes_a_spec(spec: SpecField, name: str) -> bool:
    """Whether an argument is still there, and not None, after the rewrite."""
    argument = spec.given(name)
    if name == "autoconvert" and argument is not None and not spec.is_ik3:
        return argument.literal is True
    return argument is not None


def _implicit(spec: SpecField, source: str) -> Finding:
    message = f"{spec.label}: no `source=`"
    add = AddArgument(spec.offset, "source", (quoted(spec, source),))
    return make_finding(IMPLICIT, spec.module, spec.call, message, Applicability.SAFE, changes=(add,))


CODEMOD = Codemod(rules=(IMPLICIT, BARE), spec_field=check_spec_field)
