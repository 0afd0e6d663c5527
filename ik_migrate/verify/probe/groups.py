"""The spec fields that have one source field, and the rows to look at."""

from __future__ import absolute_import, division, unicode_literals

import time

from .models import field_named, root_field
from .text_value import text

CANDIDATES = 100
"""How many rows are looked at to find the smallest and the largest image."""


class Group(object):
    """The spec fields and processed fields of a model that are made from the same field.

    Arguments: the model and its label; the field, None for sources that are no fields; the names of the spec fields;
    whether that field is a ProcessedImageField, to be looked at too.
    """

    def __init__(self, model, label, field, specs, is_processed):
        self.model = model
        self.label = label
        self.field = field
        self.specs = specs
        self.is_processed = is_processed
        self.key = text(field.name) if field is not None else ""

    def row(self, key):
        """The row with a primary key."""
        return self.model._base_manager.get(pk=key)

    def rows(self, wanted, seconds):
        """The primary keys of some rows: spread over all, with the smallest and the largest image among them.

        Rows that the default manager hides are among them: which it hides may change with the clock, or the user.
        """
        query = self.model._base_manager.all()
        if self.field is not None:
            query = query.exclude(**{str(self.field.name): ""})
            if self.field.null:
                query = query.exclude(**{str(self.field.name) + "__isnull": True})
        keys = query.order_by("pk").values_list("pk", flat=True)
        total = keys.count()
        if not total or wanted < 1:
            return total, []
        candidates = spread(keys, total, CANDIDATES)
        chosen = []
        if self.field is not None and wanted > 2 and total > wanted:
            chosen = self._extremes(candidates, seconds)
        others = [key for key in candidates if key not in chosen]
        chosen += spread(others, len(others), wanted - len(set(chosen)))
        return total, [key for key in candidates if key in chosen]

    def _extremes(self, candidates, seconds):
        """Of these rows, those with the smallest and the largest image; none if that takes too long."""
        from PIL import Image

        sizes = []
        started = time.time()
        names = dict(self.model._base_manager.filter(pk__in=candidates).values_list("pk", self.field.name))
        for key in candidates:
            if time.time() - started > seconds:
                break
            try:
                opened = self.field.storage.open(names[key], "rb")
                try:
                    width, height = Image.open(opened).size
                finally:
                    opened.close()
            except Exception:  # a lost or broken image: it is reported if it is in the sample
                continue
            sizes.append((width * height, key))
        return [min(sizes, key=lambda entry: entry[0])[1], max(sizes, key=lambda entry: entry[0])[1]] if sizes else []


def groups_of(label, model, specs, processed):
    """The groups of a model. Arguments: as `Project.models` gives them."""
    by_field = {}
    for name in specs:
        field = root_field(model, name)
        key = text(field.name) if field is not None else ""
        by_field.setdefault(key, (field, []))[1].append(name)
    for name in processed:
        by_field.setdefault(name, (field_named(model, name), []))
    return [Group(model, label, field, names, key in processed) for key, (field, names) in sorted(by_field.items())]


def spread(values, total, wanted):
    """At most ``wanted`` of ``total`` values in order, the first and the last among them."""
    if wanted < 1:
        return []
    if total <= wanted:
        return list(values[:total])
    if wanted == 1:
        return [values[0]]
    return [values[index * (total - 1) // (wanted - 1)] for index in range(wanted)]
