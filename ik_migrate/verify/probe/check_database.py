"""Tables and transactions for checks that save rows, all in a copy of the database."""

from __future__ import absolute_import, division, unicode_literals

from .databases import is_copied, roll_back


class Undo(Exception):
    """Ends a transaction."""


def use_memory(alias):
    """Put a database in memory in place of one that is not an SQLite file; return whether that was needed."""
    from django.db import connections

    options = connections.databases[alias]
    if is_copied(options):
        return False
    changed = dict(options, ENGINE=str("django.db.backends.sqlite3"), NAME=str(":memory:"), OPTIONS={})
    connections.databases[alias] = changed
    # What is open ends with the process.
    opened = getattr(connections, "_connections", None)
    if isinstance(opened, dict):  # Django 1.2 to 1.3
        opened.pop(alias, None)
    elif hasattr(opened, alias):
        delattr(opened, alias)
    return True


def create_missing_tables(alias):
    """Create tables that a copied database, or one in memory, does not have."""
    from django.db import connections

    connection = connections[alias]
    if hasattr(connection, "set_autocommit"):
        connection.set_autocommit(True)
    present = set(connection.introspection.table_names())
    for model in every_model():
        if model._meta.proxy or not model._meta.managed or model._meta.db_table in present:
            continue
        present.add(model._meta.db_table)
        try:
            create_table(connection, model)
        except Exception:  # a table that a check needs is missed there
            continue
    if hasattr(connection, "set_autocommit"):
        connection.set_autocommit(False)


def every_model():
    try:
        from django.apps import apps
    except ImportError:
        from django.db.models.loading import get_models

        return get_models(include_auto_created=True)
    return apps.get_models(include_auto_created=True)


def create_table(connection, model):
    if hasattr(connection, "schema_editor"):
        many = list(model._meta.local_many_to_many)
        with connection.schema_editor() as editor:
            # Tables of relations are among the models.
            model._meta.local_many_to_many = []
            try:
                editor.create_model(model)
            finally:
                model._meta.local_many_to_many = many
        return
    from django.core.management.color import no_style

    statements, _ = connection.creation.sql_create_model(model, no_style(), set())
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement)
    connection.connection.commit()


def in_transaction(alias, function):
    """Call a function in a transaction that is undone."""
    from django.db import connections, transaction

    def call_and_undo():
        function()
        raise Undo

    try:
        if hasattr(transaction, "atomic"):
            # SQLite can nest transactions only where it commits by itself; here it is a copy.
            connections[alias].set_autocommit(True)
            try:
                with transaction.atomic(using=alias):
                    call_and_undo()
            finally:
                connections[alias].set_autocommit(False)
        else:
            transaction.enter_transaction_management(using=alias)
            transaction.managed(True, using=alias)
            try:
                call_and_undo()
            finally:
                transaction.rollback(using=alias)
                transaction.leave_transaction_management(using=alias)
    except Undo:
        return
    finally:
        roll_back()
