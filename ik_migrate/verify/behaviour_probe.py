"""What happens to the files of spec fields when rows are saved and deleted: the end of ``probe.py``.

This file is never imported: its text follows that of ``probe.py``, and uses what is defined there. So it is for Python
2.7 and 3 alike.

Each check saves rows in a transaction on a copy of the database, with files in the temporary storage, and is undone.
Receivers of the project run only where they deal with ImageKit's files, and the network is closed.
"""
# ruff: noqa: C401, F821, UP004, UP018, UP024, UP031

CHECK_SIZE = (200, 150)
"""Width and height of the uploads."""

NEW, OLD, OTHER = "the new image", "the old image", "another image"
MISSING = "no file"
NOT_CHECKED = "not checked: "


class Undo(Exception):
    """Ends a transaction."""


class CannotCheck(Exception):
    """A check says nothing here; the message says why."""


def uploads():
    """Three images that are told apart whatever a processor does with colours."""
    first = drawn(CHECK_SIZE)
    from PIL import ImageOps

    second = ImageOps.invert(first)
    third = ImageOps.mirror(ImageOps.invert(first.rotate(180)))
    return [encoded(image, "JPEG", quality=95) for image in (first, second, third)]


# What is let run ----------------------------------------------------------------------------------


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
    """The function of a receiver, which may be referred to weakly; None where it is gone."""
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


def close_network():
    """Refuse new connections to other machines."""
    import socket

    original = socket.socket.connect

    def connect(self, address, *rest):
        if self.family != getattr(socket, "AF_UNIX", None):
            raise IOError("the probe opens no connection")
        return original(self, address, *rest)

    socket.socket.connect = connect


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


# The checks ---------------------------------------------------------------------------------------


class Behaviours(object):
    """Looks at what happens to the files of spec fields when rows are saved and deleted.

    Arguments: the project, the request and the reporter; the row that stands for each model and source.
    """

    def __init__(self, project, request, reporter, bases):
        self.project = project
        self.request = request
        self.reporter = reporter
        self.bases = bases
        self.done = set(tuple(entry) for entry in request["checked"])
        self.ready = set()
        self.in_memory = set()
        self.uploads = []

    def run(self):
        models = self.project.models()
        keep_receivers_of_imagekit(set(name for _, _, specs, _ in models for name in specs))
        close_network()
        self.uploads = uploads()
        for label, model, specs, processed in models:
            self.project.overlay.cover()
            for group in Survey._groups(label, model, specs, processed):
                if group.specs and group.field is not None:
                    for name in ("replaced", "deleted", "removed", "lost"):
                        self._check(group, name)

    def _check(self, group, name):
        """One check of all spec fields of a group."""
        if (group.label, group.key, name) in self.done:
            return
        labels = [group.label + "." + spec for spec in group.specs]
        self.reporter.event("check", model=group.label, field=group.key, check=name, specs=labels)
        found = {}
        try:
            with TimeLimit(self.request["time_limit"]):
                alias = self._database(group.model)
                self._forget()
                in_transaction(alias, lambda: getattr(self, "_" + name)(group, found))
        except KeyboardInterrupt:
            raise
        except CannotCheck as error:
            self._fill(found, name, group, NOT_CHECKED + text(error))
        except BaseException as error:
            if os.environ.get("IK_MIGRATE_DEBUG"):
                traceback.print_exc()
            reason = "%s: %s" % (text(type(error).__name__), plain(error))
            self._fill(found, name, group, NOT_CHECKED + reason[:200])
        roll_back()
        self.project.overlay.clear()
        for (spec, part), outcome in sorted(found.items()):
            self.reporter.event("behaviour", spec=group.label + "." + spec, check=part, outcome=outcome)

    def _fill(self, found, name, group, outcome):
        for part in ("deleted", "recreated") if name == "deleted" else (name,):
            for spec in group.specs:
                found.setdefault((spec, part), outcome)

    def _database(self, model):
        from django.db import connections, router

        alias = router.db_for_write(model)
        if alias not in self.ready:
            if use_memory(alias):
                self.in_memory.add(alias)
            if not is_copy(connections[alias]):
                raise CannotCheck("the database is not an SQLite file, so it cannot be copied")
            self.ready.add(alias)
            create_missing_tables(alias)
        return alias

    def _forget(self):
        """Forget all files, and what ImageKit remembers of them."""
        self.project.overlay.clear()
        forget_states()

    # Each of these notes what is seen of each spec field.

    def _replaced(self, group, found):
        """Upload an image, another one, and one with the name of the first again."""
        key = self._uploaded(group, 0)
        old = self._shown(group, key)
        self._upload(group, self._loaded(group, key), 1, "ik-migrate-other.jpg")
        self._shown(group, key)
        instance = self._loaded(group, key)
        self._upload(group, instance, 2, "ik-migrate.jpg")
        self._compare(group, key, found, "replaced", old)

    def _deleted(self, group, found):
        """Delete a row, and create one whose image has the same name."""
        key = self._uploaded(group, 0)
        old = self._shown(group, key)
        instance = self._loaded(group, key)
        files = self._files(group, instance)
        source = getattr(instance, group.key)
        place = (source.storage, source.name)
        again = self._copied(group, instance)
        instance.delete()
        for spec, (storage, name) in files.items():
            found[spec, "deleted"] = "the file stays" if self._path(storage, name) else "the file is deleted"
        self.project.overlay.remove(*place)
        self._upload(group, again, 2, "ik-migrate.jpg")
        self._compare(group, again.pk, found, "recreated", old)

    def _removed(self, group, found):
        """Remove the files of spec fields behind ImageKit's back."""
        key = self._uploaded(group, 0)
        old = self._shown(group, key)
        for storage, name in self._files(group, self._loaded(group, key)).values():
            self.project.overlay.remove(storage, name)
        for spec, shown in self._shown(group, key).items():
            if is_bytes(old.get(spec)):
                found[spec, "removed"] = "the file is generated again" if is_bytes(shown) else shown

    def _lost(self, group, found):
        """Ask for the URL of files whose original is lost, and that were never generated in this process."""
        key = self._uploaded(group, 0)
        self._shown(group, key)
        instance = self._loaded(group, key)
        for storage, name in self._files(group, instance).values():
            self.project.overlay.remove(storage, name)
        source = getattr(instance, group.key)
        self.project.overlay.remove(source.storage, source.name)
        for spec in group.specs:
            # After one exception ImageKit 3 takes the file for one that is being generated.
            forget_states()
            instance = self._loaded(group, key)
            try:
                found[spec, "lost"] = "its URL is given" if getattr(instance, spec).url else "no URL"
            except Exception:
                found[spec, "lost"] = "the page raises an exception"

    # What they are made of.

    def _uploaded(self, group, number):
        """Save the first upload in the row that stands for the model, or in a new one; return its key."""
        base = self.bases.get((group.label, group.key))
        if base is not None and not self.in_memory:
            instance = Survey._row(group, base)
        else:
            instance = Builder().build(group.model)
            self._save_related(instance)
            self._clear_keys(instance)
            for field in image_fields(group.model):
                if field.name != group.key and not field.null and not field.blank:
                    self._give(field, instance, number, "ik-migrate-%s.jpg" % text(field.name))
        self._upload(group, instance, number, "ik-migrate.jpg")
        return instance.pk

    def _save_related(self, instance):
        """Save the made-up instances that a made-up one refers to."""
        for field in instance._meta.fields:
            if Builder._target(field) is None:
                continue
            try:
                related = getattr(instance, field.name)
            except Exception:  # a parent that is not there
                continue
            if related is not None and related._state.adding:
                related._state.adding = False  # a circle ends here
                self._save_related(related)
                related.save(force_insert=True)

    def _upload(self, group, instance, number, name):
        self._give(group.field, instance, number, name)
        instance.save()

    def _give(self, field, instance, number, name):
        from django.core.files.base import ContentFile

        upload = ContentFile(self.uploads[number])
        upload.name = str(name)
        setattr(instance, field.name, upload)
        # What was stored under that name is gone: the storage gives the name again.
        self.project.overlay.remove(field.storage, field.generate_filename(instance, str(name)))

    @staticmethod
    def _loaded(group, key):
        return group.model._base_manager.get(pk=key)

    def _copied(self, group, instance):
        """An instance with the values of another one, and no key."""
        values = {}
        for field in group.model._meta.fields:
            value = getattr(instance, field.attname)
            values[str(field.attname)] = getattr(value, "name", value)
        values[str(group.key)] = ""
        again = group.model(**values)
        self._clear_keys(again)
        return again

    @staticmethod
    def _clear_keys(instance):
        from django.db.models import AutoField

        for field in instance._meta.fields:
            relation = getattr(field, "remote_field", None) or getattr(field, "rel", None)
            if isinstance(field, AutoField) or getattr(relation, "parent_link", False):
                setattr(instance, field.attname, None)

    def _files(self, group, instance):
        found = {}
        for spec in group.specs:
            try:
                file = getattr(instance, spec)
                found[spec] = (file.storage, file.name)
            except Exception:  # it is told of where its image is compared
                continue
        return found

    def _path(self, storage, name):
        path = self.project.overlay.path(storage, name)
        return path if path is not None and os.path.exists(path) else None

    def _shown(self, group, key):
        """What a page shows of each spec field of a row: bytes, or in words why there are none."""
        instance = self._loaded(group, key)
        found = {}
        for spec in group.specs:
            try:
                file = getattr(instance, spec)
                file.url  # noqa: B018, generates it
                found[spec] = self._content(file)
            except Exception as error:
                found[spec] = "%s is raised" % text(type(error).__name__)
        return found

    def _content(self, file):
        path = self._path(file.storage, file.name)
        if path is None:
            return MISSING
        with io.open(path, "rb") as opened:
            return opened.read()

    def _compare(self, group, key, found, part, old):
        """Note which image each spec field shows, after the last upload."""
        shown = self._shown(group, key)
        instance = self._loaded(group, key)
        for spec in group.specs:
            content = shown[spec]
            if not is_bytes(content):
                found[spec, part] = content
                continue
            try:
                wanted = made(getattr(instance, spec), self.project.overlay)
            except Exception as error:
                found[spec, part] = NOT_CHECKED + "%s is raised" % text(type(error).__name__)
                continue
            if wanted == old.get(spec):
                found[spec, part] = NOT_CHECKED + "its images do not depend on the upload"
            else:
                found[spec, part] = NEW if content == wanted else OLD if content == old.get(spec) else OTHER


def is_bytes(value):
    return isinstance(value, bytes)


def forget_states():
    """Clear all caches, which are in memory here, as at the start of a process."""
    from django.conf import settings

    try:
        from django.core.cache import caches
    except ImportError:
        from django.core.cache import get_cache

        for alias in settings.CACHES:
            get_cache(alias).clear()
    else:
        for alias in settings.CACHES:
            caches[alias].clear()
