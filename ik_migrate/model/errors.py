"""Errors that a user can correct. The command line prints them without a traceback and exits with status 2."""

from __future__ import annotations

ISSUES = "https://github.com/ik-migrate/ik-migrate/issues"
"""Where to report a bug."""


class IkMigrateError(Exception):
    """A request cannot be carried out; the message says why."""


class ConfigError(IkMigrateError):
    """An option or the configuration file cannot be used; the message names it, and what is allowed."""


class Stopped(BaseException):
    """The user has stopped the run; the state of the files is printed already.

    Not an `Exception`, so that the handlers for errors of single files do not catch it.
    """
