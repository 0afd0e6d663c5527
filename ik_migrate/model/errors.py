"""What a user can put right. Said on the command line without a traceback, with exit status 2."""

from __future__ import annotations


class IkMigrateError(Exception):
    """What was asked for can't be done as it was asked; the message says why."""


class ConfigError(IkMigrateError):
    """An option or the configuration file can't be used; the message names it, and what would be right."""


class Stopped(BaseException):
    """The user wants no more, and has been told what became of it.

    Not an `Exception`: what is caught and said of a single file must not hold it up.
    """
