"""Made-up instances of models."""

from __future__ import absolute_import, division, unicode_literals

import datetime
import decimal


class Builder(object):
    """Makes instances that are not saved, with values that follow from the fields alone."""

    def __init__(self):
        self._made = {}

    def build(self, model):
        from django.db.models import FileField

        instance = model()
        for field in model._meta.fields:
            if isinstance(field, FileField):
                continue
            if field.primary_key and self.target(field) is None:
                setattr(instance, field.attname, 1 if self._is_number(field) else self._value(field))
            elif self._is_needed(field):
                setattr(instance, field.name, self._value(field))
        return instance

    @staticmethod
    def _is_number(field):
        from django.db import models

        return isinstance(field, (models.AutoField, models.IntegerField))

    @staticmethod
    def _is_needed(field):
        relation = getattr(field, "remote_field", None) or getattr(field, "rel", None)
        return not (field.has_default() or field.null or getattr(relation, "parent_link", False))

    @staticmethod
    def target(field):
        target = getattr(field, "related_model", None)
        if target is None and getattr(field, "rel", None) is not None:
            target = getattr(field.rel, "to", None)
        return target

    def _value(self, field):
        from django.db import models

        target = self.target(field)
        if target is not None:
            return self._related(target)
        if field.choices:
            choice = next(iter(field.choices))
            return choice[1][0][0] if isinstance(choice[1], (list, tuple)) else choice[0]
        for kind, make in [
            (models.EmailField, lambda: "someone@example.com"),
            (models.URLField, lambda: "http://example.com/"),
            (models.CharField, lambda: "made-up"[: field.max_length or 7]),
            (models.TextField, lambda: "made-up"),
            (models.DateTimeField, moment),
            (models.DateField, lambda: datetime.date(2012, 6, 15)),
            (models.TimeField, lambda: datetime.time(12, 0)),
            (models.DecimalField, lambda: decimal.Decimal(1)),
            (models.BooleanField, lambda: False),
            (models.FloatField, lambda: 1.0),
            (models.IntegerField, lambda: 1),
        ]:
            if isinstance(field, kind):
                return make()
        return field.get_default()

    def _related(self, model):
        if model not in self._made:
            self._made[model] = None  # a circle of foreign keys ends here
            self._made[model] = self.build(model)
        return self._made[model]


def moment():
    from django.conf import settings
    from django.utils import timezone

    noon = datetime.datetime(2012, 6, 15, 12, 0)
    return timezone.make_aware(noon, timezone.get_current_timezone()) if settings.USE_TZ else noon
