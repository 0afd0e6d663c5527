"""Thumbnails in the admin."""

from __future__ import absolute_import, division, unicode_literals

import sys

from .models import label_of


def check_admin(project):
    """Report thumbnails in the admin that name a missing attribute."""
    admin = sys.modules.get("django.contrib.admin")
    try:
        from imagekit.admin import AdminThumbnail
    except ImportError:  # it needs templates, which may not be set up
        return
    for model, model_admin in getattr(getattr(admin, "site", None), "_registry", {}).items():
        for base in type(model_admin).__mro__:
            for name, value in vars(base).items():
                if isinstance(value, AdminThumbnail) and not callable(value.image_field):
                    where = "%s.%s in the admin" % (type(model_admin).__name__, name)
                    project.guarded(where, require_attribute)(model, value.image_field)


def require_attribute(model, name):
    if not hasattr(model, name) and name not in [field.name for field in model._meta.fields]:
        raise AttributeError("%s has no attribute '%s'" % (label_of(model), name))
