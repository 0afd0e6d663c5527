"""Any value as text."""

from __future__ import absolute_import, division, unicode_literals


def text(value):
    """Any value as text, undecodable bytes and failing ``__str__`` methods included."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    try:
        return "%s" % (value,)
    except Exception:
        return text(repr(value))
