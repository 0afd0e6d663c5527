"""Models with spec fields, and the fields that their images come from."""

from __future__ import absolute_import, division, unicode_literals

from .text_value import text


def label_of(model):
    return "%s.%s" % (text(model._meta.app_label), text(model.__name__))


def concrete_model(model):
    while model._meta.proxy:
        model = model._meta.proxy_for_model
    return model


def spec_names(model):
    """The spec fields of a model, also those it has from a base."""
    from imagekit.models.fields.utils import ImageSpecFileDescriptor

    found = set()
    for base in model.__mro__:
        for name, value in vars(base).items():
            if isinstance(value, ImageSpecFileDescriptor) and getattr(model, name, None) is not None:
                found.add(text(name))
    return sorted(found)


def processed_names(model):
    from imagekit.models import ProcessedImageField

    return sorted(text(field.name) for field in model._meta.fields if isinstance(field, ProcessedImageField))


def field_named(model, name):
    """The file field of that name, or None where the name means something else."""
    from django.db.models import FileField

    for field in model._meta.fields:
        if field.name == name and isinstance(field, FileField):
            return field
    return None


def image_fields(model):
    from django.db.models import ImageField

    return [field for field in model._meta.fields if isinstance(field, ImageField)]


def descriptor_of(model, name):
    for base in model.__mro__:
        if name in vars(base):
            return vars(base)[name]
    return None


def source_name(model, name):
    """The attribute that a spec field says its source is; where ImageKit 2 is left to find it, what it finds."""
    descriptor = descriptor_of(model, name)
    named = getattr(descriptor, "source_field_name", None) or getattr(descriptor.field, "image_field", None)
    if named is None:
        fields = image_fields(model)
        named = fields[0].name if len(fields) == 1 else None
    return text(named) if named else None


def root_field(model, name):
    """The file field that a spec is made from in the end, through other specs; None where it is something else."""
    specs = set(spec_names(model))
    seen = set()
    while name in specs and name not in seen:
        seen.add(name)
        name = source_name(model, name)
    return field_named(model, name)
