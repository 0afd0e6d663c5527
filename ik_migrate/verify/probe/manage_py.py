"""What the project's manage.py does before it calls Django."""

from __future__ import absolute_import, division, unicode_literals

import io
import os
import sys


class HandsOver(BaseException):
    """manage.py has got as far as running its command."""


def run_manage_py(path):
    """Let manage.py set up what it does: folders to import from, environment variables, a class of settings.

    It runs up to the place where it would execute a command. Whatever else it raises is left for later: if it
    matters, the settings will not load.

    Returns the error that it ended with, as ``sys.exc_info`` gives it, or None.
    """
    from django.core import management

    def hand_over(*arguments, **options):
        raise HandsOver

    # The last two: one that starts itself again in another environment would leave the probe behind.
    places = [
        (management, "execute_from_command_line"),
        (management, "execute_manager"),
        (management.ManagementUtility, "execute"),
        (os, "execv"),
        (os, "execve"),
    ]
    kept = [(owner, name, getattr(owner, name)) for owner, name in places if hasattr(owner, name)]
    for owner, name, _ in kept:
        setattr(owner, str(name), hand_over)
    try:
        with io.open(path, "rb") as opened:
            code = compile(opened.read(), path, "exec", 0, True)
        builtins = sys.modules.get("builtins") or sys.modules["__builtin__"]
        exec(code, {"__name__": str("__main__"), "__file__": path, "__builtins__": builtins})
    except (HandsOver, SystemExit):
        return None
    except Exception:
        return sys.exc_info()
    finally:
        for owner, name, original in kept:
            setattr(owner, str(name), original)
    return None
