"""Receivers of signals that deal with files of spec fields."""

from __future__ import absolute_import, division, unicode_literals

import sys

from .text_value import text


def keep_receivers_of_imagekit(names):
    """Let only receivers run that deal with ImageKit's files: others may send mail, or tasks to a worker.

    Arguments: the names of all spec fields.
    """
    from django.db.models import signals

    for name in ("pre_init", "post_init", "pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed"):
        connected = getattr(signals, name)
        connected.receivers = [entry for entry in connected.receivers if deals_with_files(function_of(entry[1]), names)]
        cache = getattr(connected, "sender_receivers_cache", None)
        if cache is not None:
            cache.clear()


def function_of(receiver):
    """The function of a receiver, which may be a weak reference; None if it no longer exists."""
    import weakref

    if isinstance(receiver, weakref.ReferenceType) or type(receiver).__name__.startswith("Bound"):
        receiver = receiver()
    return getattr(receiver, "__func__", receiver)


def deals_with_files(function, names):
    """Whether a receiver is Django's or ImageKit's, or uses a spec field or something of ImageKit."""
    module = sys.modules.get(getattr(function, "__module__", None))
    if module is None:
        return False
    if text(module.__name__).split(".")[0] in ("django", "imagekit", "pilkit"):
        return True
    imagekit = set(text(name) for name, value in vars(module).items() if is_of_imagekit(value))
    if imagekit and not defines_models(module):
        return True
    return bool(names_in(function, vars(module), set()) & (imagekit | names))


def is_of_imagekit(value):
    place = getattr(value, "__module__", None) or getattr(value, "__name__", None)
    return isinstance(place, str) and place.split(".")[0] == "imagekit"


def defines_models(module):
    from django.db.models import Model

    return any(
        isinstance(value, type) and issubclass(value, Model) and value.__module__ == module.__name__
        for value in vars(module).values()
    )


def names_in(function, defined, seen):
    """The names that a function uses, and the functions of its module that it calls."""
    waiting = [getattr(function, "__code__", None)]
    found = set()
    while waiting:
        code = waiting.pop()
        if code is None or code in seen:
            continue
        seen.add(code)
        found.update(text(name) for name in code.co_names)
        waiting.extend(part for part in code.co_consts if hasattr(part, "co_names"))
        waiting.extend(getattr(defined.get(str(name)), "__code__", None) for name in code.co_names)
    return found
