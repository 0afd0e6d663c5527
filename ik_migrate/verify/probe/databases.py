"""Databases of the project that cannot be changed."""

from __future__ import absolute_import, division, unicode_literals

import io
import os
import re
import shutil

from .project_copy import copy_of_project
from .text_value import text


class WouldWrite(Exception):
    """The project tried to change its database while an image was made."""


class ReadingCursor(object):
    """A database cursor that passes statements that read, and refuses those that write."""

    READS = frozenset(
        "select with show explain describe pragma set savepoint release rollback begin".split()  # noqa: SIM905
    )
    WRITES = re.compile(r"\b(insert|update|delete|merge|into)\b", re.IGNORECASE)

    def __init__(self, cursor):
        self._cursor = cursor

    def execute(self, sql, *rest, **options):
        self._check(sql)
        return self._cursor.execute(sql, *rest, **options)

    def executemany(self, sql, *rest, **options):
        self._check(sql)
        return self._cursor.executemany(sql, *rest, **options)

    def callproc(self, name, *rest, **options):
        raise WouldWrite("the probe calls no procedure: %s" % text(name))

    def _check(self, sql):
        first = re.match(r"[\s(]*(\w*)", text(sql)).group(1).lower()
        if first not in self.READS or (first == "with" and self.WRITES.search(text(sql))):
            raise WouldWrite("the probe does not write into the database: %s" % text(sql)[:80])

    def __getattr__(self, name):
        return getattr(self._cursor, name)

    def __iter__(self):
        return iter(self._cursor)

    def __enter__(self):
        self._cursor.__enter__()
        return self

    def __exit__(self, *raised):
        return self._cursor.__exit__(*raised)


def shield_databases(databases, folder, without):
    """Make sure that no database is changed.

    An SQLite file is copied, and the copy is used, for reading alone can leave a journal beside it. With any other
    database, statements that write are refused, and no transaction is ever committed.

    Arguments: the setting ``DATABASES``, which is changed; the folder for copies; whether to use no database at all.
    Returns what to report about it.
    """
    notes = []
    for number, (alias, options) in enumerate(sorted(databases.items())):
        name = text(options.get("NAME") or "")
        path = re.sub(r"^file:(//)?|\?.*$", "", name) if name.startswith("file:") else name
        is_sqlite = re.search("sqlite|spatialite", text(options.get("ENGINE") or ""))
        if without:
            databases[alias] = {"ENGINE": str("django.db.backends.sqlite3"), "NAME": str(":memory:")}
            continue
        if is_in_memory(name):
            continue
        if copy_of_project.original(path) is not None and not os.path.exists(path):
            path = copy_of_project.original(path)
        if is_sqlite_file(path) or (is_sqlite and os.path.isfile(path)):
            changed = dict(options, NAME=str(os.path.join(folder, "database-%d" % number)))
            for ending in ("", "-wal", "-journal"):
                if os.path.exists(path + ending):
                    shutil.copyfile(path + ending, changed["NAME"] + ending)
            databases[alias] = changed
        elif is_sqlite:
            # To connect would create it.
            databases[alias] = dict(options, NAME=str(":memory:"))
            notes.append("the database file %s is not there" % copy_of_project.named(path))
    return notes


def is_in_memory(name):
    return ":memory:" in name or "mode=memory" in name


def is_sqlite_file(path):
    """Whether that is a database of SQLite, whatever the engine is called that the project uses for it."""
    if not os.path.isfile(path):
        return False
    with io.open(path, "rb") as opened:
        return opened.read(16) == b"SQLite format 3\0"


def refuse_writing():
    """Let databases that were not copied be read only, and let no connection ever commit."""
    from django.db.backends.signals import connection_created

    try:
        from django.db.backends.base.base import BaseDatabaseWrapper
    except ImportError:  # before Django 1.8
        from django.db.backends import BaseDatabaseWrapper

    original = BaseDatabaseWrapper.cursor

    def cursor(connection, *arguments, **options):
        made = original(connection, *arguments, **options)
        return made if is_copy(connection) else ReadingCursor(made)

    def begin(sender=None, connection=None, **more):
        # Before Django 1.6 a transaction is begun by the first statement anyway.
        if hasattr(connection, "set_autocommit"):
            connection.set_autocommit(False)

    BaseDatabaseWrapper.cursor = cursor
    connection_created.connect(begin, weak=False)


def is_copy(connection):
    return is_copied(connection.settings_dict)


def is_copied(options):
    name = text(options.get("NAME") or "")
    return is_in_memory(name) or os.path.basename(name).startswith("database-")


def roll_back():
    """Undo what the last image may have done in a database, or left there as a failed transaction."""
    from django.db import connections

    for alias in connections:
        try:
            connection = connections[alias]
        except Exception:  # its driver is not installed, so nothing was done there
            continue
        if connection.connection is not None:
            # Before Django 1.6 the wrapper does nothing where it thinks that nothing was done.
            (connection if hasattr(connection, "set_autocommit") else connection.connection).rollback()
