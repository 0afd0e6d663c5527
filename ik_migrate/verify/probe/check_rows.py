"""Rows with uploads, for checks that save them."""

from __future__ import absolute_import, division, unicode_literals

from .instance_builder import Builder
from .models import image_fields
from .sample_images import drawn, encoded
from .text_value import text

CHECK_SIZE = (200, 150)
"""Width and height of the uploads."""


def uploads():
    """Three images that differ visibly, whatever a processor does with colours."""
    first = drawn(CHECK_SIZE)
    from PIL import ImageOps

    second = ImageOps.invert(first)
    third = ImageOps.mirror(ImageOps.invert(first.rotate(180)))
    return [encoded(image, "JPEG", quality=95) for image in (first, second, third)]


class CheckRows(object):
    """Saves rows whose images are uploads.

    Arguments: the overlay; the key of a row for each model and source field, None where it has none.
    """

    def __init__(self, overlay, bases):
        self._overlay = overlay
        self._bases = bases
        self._uploads = uploads()
        self.use_made_up = False
        """Whether a database in memory stands in for one that has the rows."""

    def save_upload(self, group, number):
        """Save an upload in the row that stands for the model, or in a new one; return its key."""
        base = self._bases.get((group.label, group.key))
        if base is not None and not self.use_made_up:
            instance = group.row(base)
        else:
            instance = Builder().build(group.model)
            self._save_related(instance)
            self._clear_keys(instance)
            for field in image_fields(group.model):
                if field.name != group.key and not field.null and not field.blank:
                    self._give(field, instance, number, "ik-migrate-%s.jpg" % text(field.name))
        self.upload(group, instance, number, "ik-migrate.jpg")
        return instance.pk

    def _save_related(self, instance):
        """Save the made-up instances that a made-up one refers to."""
        for field in instance._meta.fields:
            if Builder.target(field) is None:
                continue
            try:
                related = getattr(instance, field.name)
            except Exception:  # a parent that is not there
                continue
            if related is not None and related._state.adding:
                related._state.adding = False  # a circle ends here
                self._save_related(related)
                related.save(force_insert=True)

    def upload(self, group, instance, number, name):
        """Save an instance with an upload of that name."""
        self._give(group.field, instance, number, name)
        instance.save()

    def _give(self, field, instance, number, name):
        from django.core.files.base import ContentFile

        upload = ContentFile(self._uploads[number])
        upload.name = str(name)
        setattr(instance, field.name, upload)
        # The file of that name was deleted, so the storage uses the name again.
        self._overlay.remove(field.storage, field.generate_filename(instance, str(name)))

    def copy_of(self, group, instance):
        """An unsaved instance with the values of another one, and no key."""
        values = {}
        for field in group.model._meta.fields:
            value = getattr(instance, field.attname)
            values[str(field.attname)] = getattr(value, "name", value)
        values[str(group.key)] = ""
        again = group.model(**values)
        self._clear_keys(again)
        return again

    @staticmethod
    def _clear_keys(instance):
        from django.db.models import AutoField

        for field in instance._meta.fields:
            relation = getattr(field, "remote_field", None) or getattr(field, "rel", None)
            if isinstance(field, AutoField) or getattr(relation, "parent_link", False):
                setattr(instance, field.attname, None)
