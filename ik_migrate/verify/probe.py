"""Looks at the spec fields of a Django project, from within the project's own interpreter.

This file is never imported by ik-migrate. Its text is handed to the interpreter that the project runs on, with
``main(...)`` appended; so it is one plain file, for Python 2.7 and 3, that needs nothing but the standard library,
Django 1.4 or later, django-imagekit 2.0 or later, and PIL.

What it sees goes to standard output, one JSON object per line; everything that the project itself prints goes to
standard error. It changes nothing: see `Overlay`, `shield_databases` and `behaviour_probe.py`.
"""
# Python 2.7 has to read this as well, and what a project may raise is anything at all.
# ruff: noqa: B904, B905, C401, C402, RUF005, UP003, UP004, UP010, UP018, UP020, UP024, UP031

from __future__ import absolute_import, division, unicode_literals

import base64
import datetime
import decimal
import errno
import hashlib
import io
import json
import logging
import logging.config
import os
import posixpath
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
import zlib

FILE_NAME = "ik-migrate-probe"
"""What this file is called in tracebacks, where its own lines are left out."""

GRID = 16
"""A fingerprint is this many boxes wide and high, whatever the size of the picture."""

MANY_PIXELS = 300000
"""From here on histograms are faster than sums."""

SMALL_SOURCE = 1000000
"""Sources of more pixels are made so much smaller that how they are decoded makes no difference."""

DECODED = {}
"""How sources look, by the hash of their bytes."""

CANDIDATES = 100
"""How many rows are looked at to find the smallest and the largest picture."""

VIEW_BYTES = 300000
"""Pictures for the report that are larger are made smaller before they are handed over."""

VIEW_EDGE = 800
"""The longest edge of what is made smaller, in pixels."""

SCRATCH = "ik-migrate-scratch-"
NEW_SCRATCH = "ik-migrate-new-"
LOCK = "ik-migrate.lock"
MARK = b"scratch folder of ik-migrate; removed when its run has ended\n"
"""How scratch folders are told from others; see ``files/scratch.py``, which recognises those made here."""


# A copy of the project ----------------------------------------------------------------------------


class Copy(object):
    """Where the project was copied to: its path there is its own path behind a prefix.

    Large files may be missing in the copy. Where it is the project itself, there is no prefix.
    """

    def __init__(self):
        self.prefix = ""
        self.root = ""
        self.scratch = ""

    def set(self, prefix, root, scratch):
        self.prefix, self.root = prefix, root
        self.scratch = scratch

    @property
    def written(self):
        """The folder that stands for the root of the file system where the site writes."""
        return os.path.join(self.scratch, "written")

    def original(self, path):
        """The original of a file in the copy, or beside it; None for another file."""
        path = os.path.abspath(text(path))
        if self.prefix and path.startswith(self.prefix + os.sep):
            return path[len(self.prefix) :]
        return None

    def fetch(self, path):
        """Copy a file that is missing in the copy, if the original is there."""
        original = self.original(path)
        if original is not None and not os.path.exists(path) and os.path.isfile(original):
            if not os.path.isdir(os.path.dirname(path)):
                os.makedirs(os.path.dirname(path))
            shutil.copyfile(original, path)

    def moved(self, path):
        """The copy of a folder of the project; the original of a folder beside the copy; any other as it is."""
        if not self.prefix:
            return path
        real = os.path.realpath(path)
        if real == self.root or real.startswith(self.root + os.sep):
            copied = self.prefix + real
            return copied if os.path.exists(copied) else path
        original = self.original(path)
        return original if original is not None and not os.path.exists(path) else path

    def move_imports(self):
        """Import from the copy what would be imported from the project."""
        if not self.prefix:
            return
        sys.path[:] = [self.moved(path) for path in sys.path]
        for name, module in list(sys.modules.items()):
            # Packages that are installed to be edited have a table of their folders.
            table = getattr(module, "MAPPING", None)
            if text(name).startswith("__editable__") and isinstance(table, dict):
                table.update((package, self.moved(path)) for package, path in list(table.items()))

    def named(self, message):
        """A text with the paths of the project in place of those of its copy."""
        return message.replace(self.prefix, "") if self.prefix else message

    def strays(self):
        """The modules that were imported from the project, and not from its copy."""
        if not self.prefix:
            return []
        files = [(name, getattr(module, "__file__", None)) for name, module in sorted(sys.modules.items())]
        inside = [(name, text(path)) for name, path in files if path and text(path).startswith(self.root + os.sep)]
        return [text(name) for name, path in inside if os.path.exists(self.prefix + re.sub("[.]py[co]$", ".py", path))]


copy_of_project = Copy()


# What goes to ik-migrate --------------------------------------------------------------------------


class Reporter(object):
    """Writes events, one JSON object a line, to where standard output was when the probe started."""

    def __init__(self):
        sys.stdout.flush()
        private = os.dup(1)
        # From here on whatever prints to standard output, in Python or not, prints to standard error.
        os.dup2(2, 1)
        self._stream = os.fdopen(private, "wb")

    def event(self, name_of_event, **values):
        values["event"] = name_of_event
        self._stream.write(json.dumps(values, sort_keys=True).encode("ascii") + b"\n")
        self._stream.flush()


def text(value):
    """Any value as text, undecodable bytes and failing ``__str__`` methods included."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    try:
        return "%s" % (value,)
    except Exception:
        return text(repr(value))


def plain(value):
    """Text without what is different in each run."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", copy_of_project.named(text(value)))


def error_record(raised):
    """What was raised, as ``sys.exc_info`` gives it: type, message, and the traceback without the probe's own lines."""
    kind, error, trace = raised
    frames = [frame for frame in traceback.extract_tb(trace) if not frame[0].startswith((FILE_NAME, "<frozen"))]
    if isinstance(error, SyntaxError):
        frames.append((error.filename or "", error.lineno or 0, "", error.text or ""))
    return {
        "type": text(kind.__name__),
        "message": plain(error),
        "traceback": [
            {
                "file": copy_of_project.named(text(file_name)),
                "line": line or 0,
                "function": text(function or ""),
                "code": text(code or "").strip(),
            }
            for file_name, line, function, code in (tuple(frame)[:4] for frame in frames)
        ],
    }


class TookTooLong(BaseException):
    """Not an Exception, for a project may catch those."""


class TimeLimit(object):
    """Raises `TookTooLong` in what takes longer than ``seconds``, where the system has an alarm clock."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.can_ring = hasattr(signal, "setitimer")

    def __enter__(self):
        if self.can_ring:
            signal.signal(signal.SIGALRM, self._ring)
            signal.setitimer(signal.ITIMER_REAL, self.seconds)

    def __exit__(self, *raised):
        if self.can_ring:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _ring(self, number, frame):
        raise TookTooLong("took longer than %g seconds" % self.seconds)


# What keeps the project's data as it is -----------------------------------------------------------


def unwrapped(storage):
    """The storage itself, where it is a lazy object, as ``default_storage`` is."""
    storage.exists  # noqa: B018, a lazy object is empty until something is asked of it
    return getattr(storage, "_wrapped", storage)


class Overlay(object):
    """A folder that lies over all storages: what is saved goes there, what was saved is read from there.

    Pictures that ImageKit made earlier are hidden, so that they are made again. The real storages are only read.
    """

    def __init__(self, folder):
        self._folder = folder
        self._files = {}
        self._hidden = set()
        self._number = 0

    def clear(self):
        """Forget what was saved, and what was hidden."""
        for path in self._files.values():
            if os.path.exists(path):
                os.remove(path)
        self._files = {}
        self._hidden = set()

    def hide(self, files):
        """Behave as if these files, pairs of storage and name, were not there."""
        self._hidden = set(self.key(storage, name) for storage, name in files)

    @staticmethod
    def key(storage, name):
        storage = unwrapped(storage)
        place = [type(storage).__name__]
        for attribute in ("location", "bucket_name", "base_url"):
            try:
                place.append(text(getattr(storage, attribute, "")))
            except Exception:  # a property of a remote storage that is not set up here
                place.append("")
        return tuple(place) + (posixpath.normpath(text(name).replace("\\", "/")),)

    def path(self, storage, name):
        """Where a file lies that was saved, or None."""
        return self._files.get(self.key(storage, name))

    def is_hidden(self, storage, name):
        return self.key(storage, name) in self._hidden

    def remove(self, storage, name):
        key = self.key(storage, name)
        self._files.pop(key, None)
        self._hidden.add(key)

    def new_path(self, storage, name):
        """Where to write a file that is to be saved."""
        key = self.key(storage, name)
        if key not in self._files:
            self._number += 1
            extension = re.sub(r"[^.\w]", "", posixpath.splitext(key[-1])[1])
            self._files[key] = os.path.join(self._folder, "%06d%s" % (self._number, extension))
        return self._files[key]

    def put(self, storage, name, content):
        with io.open(self.new_path(storage, name), "wb") as target:
            target.write(content)

    def cover(self):
        """Put the overlay over all storage classes that there are; those known already are left out."""
        from django.core.files.storage import Storage

        waiting = [Storage]
        while waiting:
            storage_class = waiting.pop()
            waiting.extend(storage_class.__subclasses__())
            if "_ik_migrate_covered" not in vars(storage_class):
                storage_class._ik_migrate_covered = True
                for name in ("save", "open", "delete", "exists", "size", "path"):
                    if name in vars(storage_class):
                        original = vars(storage_class)[name]
                        setattr(storage_class, str(name), getattr(self, "_" + name)(original))

    def _save(self, original):
        def save(storage, name, content, *rest, **options):
            name = name or content.name
            if hasattr(content, "seek"):
                content.seek(0)
            self.put(storage, name, content.read())
            return name

        return save

    def _open(self, original):
        def opened(storage, name, mode="rb", *rest, **options):
            from django.core.files import File

            path = self.path(storage, name)
            if path is None and set(mode) & set("wa+"):
                path = self.new_path(storage, name)
            if path is not None:
                return File(open(path, mode))  # as the storages do: on Python 2 a text file takes bytes
            if self.is_hidden(storage, name):
                raise IOError(errno.ENOENT, "No such file or directory", name)
            self.lend(storage, name)
            return original(storage, name, mode, *rest, **options)

        return opened

    def _delete(self, original):
        def delete(storage, name, *rest, **options):
            self.remove(storage, name)

        return delete

    def _exists(self, original):
        def exists(storage, name, *rest, **options):
            if self.path(storage, name) is not None:
                return True
            if self.is_hidden(storage, name):
                return False
            self.lend(storage, name)
            return original(storage, name, *rest, **options)

        return exists

    def _size(self, original):
        def size(storage, name, *rest, **options):
            path = self.path(storage, name)
            if path is not None:
                return os.path.getsize(path)
            self.lend(storage, name)
            return original(storage, name, *rest, **options)

        return size

    def _path(self, original):
        def path_of(storage, name, *rest, **options):
            path = self.path(storage, name)
            if path is not None:
                return path
            path = original(storage, name, *rest, **options)
            if not self.is_hidden(storage, name):
                copy_of_project.fetch(path)
            return path

        return path_of

    @staticmethod
    def lend(storage, name):
        """Copy a file that the copy of the project lacks."""
        if copy_of_project.prefix:
            try:
                storage.path(name)
            except Exception:  # a remote storage has no paths, and one that refuses the name is asked next
                return


class WouldWrite(Exception):
    """The project tried to change its database while a picture was made."""


class ReadingCursor(object):
    """A database cursor that hands on what reads, and refuses what writes."""

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
    Returns what is to be told about it.
    """
    told = []
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
            told.append("the database file %s is not there" % copy_of_project.named(path))
    return told


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
    """Undo what the last picture may have done in a database, or left there as a failed transaction."""
    from django.db import connections

    for alias in connections:
        try:
            connection = connections[alias]
        except Exception:  # its driver is not installed, so nothing was done there
            continue
        if connection.connection is not None:
            # Before Django 1.6 the wrapper does nothing where it thinks that nothing was done.
            (connection if hasattr(connection, "set_autocommit") else connection.connection).rollback()


def shield_logging():
    """No log file is created or written to, whatever the settings say."""
    logging.config.dictConfig = logging.config.fileConfig = lambda *arguments, **options: None
    logging.FileHandler._open = lambda handler: io.open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def shield_tasks():
    """Pictures are made here and now, never by a worker."""
    try:
        from imagekit.cachefiles import backends
    except ImportError:  # ImageKit 2: its task is started when an instance is saved, and none is
        return
    waiting = [backends.CachedFileBackend]
    while waiting:
        backend = waiting.pop()
        waiting.extend(backend.__subclasses__())
        for name in ("schedule_generation", "_schedule_generation"):
            if name in vars(backend):
                setattr(backend, str(name), lambda self, file, force=False: self.generate_now(file, force=force))


# What the project's manage.py does before it hands over to Django ---------------------------------


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
        exec(code, {"__name__": str("__main__"), "__file__": path, "__builtins__": __builtins__})
    except (HandsOver, SystemExit):
        return None
    except Exception:
        return sys.exc_info()
    finally:
        for owner, name, original in kept:
            setattr(owner, str(name), original)
    return None


# The project --------------------------------------------------------------------------------------


class Project(object):
    """The project: its settings, and its models as far as they can be loaded."""

    def __init__(self, request, scratch, reporter):
        self.request = request
        self.scratch = scratch
        self.reporter = reporter
        self.overlay = Overlay(os.path.join(scratch, "files"))
        os.mkdir(os.path.join(scratch, "files"))

    def load(self):
        """Load the settings and all apps; an app that fails is told of and left out."""
        self._prepare()
        self.reporter.event("stage", stage="settings")
        self._heed_manage_py()
        self._load_settings()
        self.reporter.event("environment", **versions())
        self.reporter.event("stage", stage="apps")
        import django

        (self._load_apps if django.VERSION >= (1, 7) else self._load_old_apps)()
        refuse_writing()
        shield_tasks()
        self.overlay.cover()

    def _prepare(self):
        root = os.path.abspath(self.request["project"])
        roots = [os.path.join(root, path) for path in self.request["paths"]] + [root]
        if os.path.exists(os.path.join(root, "__init__.py")):
            # Until Django 1.3 the folder of manage.py was a package itself, and its parent was searched too.
            roots.append(os.path.dirname(root))
        sys.path[:] = roots + [path for path in sys.path if path]
        copy_of_project.move_imports()
        os.chdir(root)
        sys.dont_write_bytecode = True
        sys.argv[:] = ["manage.py", "ik-migrate-probe"]
        os.environ[str("DJANGO_SETTINGS_MODULE")] = str(self.request["settings"])
        shield_logging()

    def _heed_manage_py(self):
        root = os.getcwd()
        manage_py = os.path.join(root, "manage.py")
        if not os.path.isfile(manage_py):
            return
        failed = run_manage_py(manage_py)
        if failed is not None:
            error = "%s: %s" % (failed[0].__name__, plain(failed[1]))
            self.reporter.event("note", message="the project's manage.py fails: %s" % error)
        copy_of_project.move_imports()
        os.chdir(root)
        os.environ[str("DJANGO_SETTINGS_MODULE")] = str(self.request["settings"])

    def _load_settings(self):
        if os.environ.get("DJANGO_CONFIGURATION"):
            import configurations

            configurations.setup()
        from django.conf import settings

        settings.INSTALLED_APPS  # noqa: B018, loads them
        copy_of_project.move_imports()
        told = shield_databases(settings.DATABASES, self.scratch, self.request["synthetic"])
        for message in told:
            self.reporter.event("note", message=message)
        if self.request["synthetic"]:
            settings.DATABASE_ROUTERS = []
        memory = "django.core.cache.backends.locmem.LocMemCache"
        caches = dict.fromkeys(list(getattr(settings, "CACHES", None) or ()) + ["default"])
        for alias in caches:
            caches[alias] = {"BACKEND": str(memory), "LOCATION": str("ik-migrate-" + alias)}
        settings.CACHES = caches
        settings.IMAGEKIT_CACHE_PREFIX = str("ik-migrate:")
        if not getattr(settings, "IMAGEKIT_CACHE_BACKEND", None):
            # With DEBUG it would be one that remembers nothing, which the site in production has not.
            settings.IMAGEKIT_CACHE_BACKEND = str("default")
        settings.EMAIL_BACKEND = str("django.core.mail.backends.dummy.EmailBackend")

    def problem(self, where):
        """Tell of what was raised just now."""
        self.reporter.event("problem", where=text(where), error=error_record(sys.exc_info()))

    def guarded(self, where, function, after=None):
        """The function, with what it raises told instead of raised, and ``after`` called then."""

        def call(*arguments, **options):
            try:
                return function(*arguments, **options)
            except KeyboardInterrupt:
                raise
            except BaseException:
                self.problem(where)
                if after is not None:
                    after()

        return call

    def _load_apps(self):
        from django.apps import AppConfig, apps
        from django.conf import settings

        configs = []
        for entry in settings.INSTALLED_APPS:
            config = self.guarded("app %s" % text(entry), AppConfig.create)(entry)
            if config is not None:
                # The models of a module that failed half-way would be in the way when another app imports it.
                forget = lambda label=config.label: (apps.all_models[label].clear(), apps.clear_cache())  # noqa: E731
                config.import_models = self.guarded("models of app %s" % config.name, config.import_models, forget)
                config.ready = self.guarded("ready() of app %s" % config.name, config.ready)
                configs.append(config)
        apps.populate(configs)

    def _load_old_apps(self):
        """Django before 1.7."""
        from django.conf import settings
        from django.db.models.loading import cache

        postponed = []
        for app in settings.INSTALLED_APPS:
            self.guarded("models of app %s" % text(app), cache.load_app)(app, True)
            cache.nesting_level = 0
        postponed, cache.postponed = cache.postponed, []
        for app in postponed:
            self.guarded("models of app %s" % text(app), cache.load_app)(app)
            cache.nesting_level = 0
        cache.loaded = True
        if "django.contrib.admin" in settings.INSTALLED_APPS:
            from django.contrib import admin

            self.guarded("the admin", admin.autodiscover)()

    @staticmethod
    def models():
        """The models with spec fields or processed fields, and the names of these, in the order of their labels."""
        import django

        if django.VERSION >= (1, 7):
            from django.apps import apps

            models = apps.get_models()
        else:
            from django.db.models.loading import get_models

            models = get_models()
        found = []
        for model in models:
            specs, processed = spec_names(model), processed_names(model)
            if model._meta.proxy:
                concrete = concrete_model(model)
                specs = [name for name in specs if name not in spec_names(concrete)]
                processed = []
            if specs or processed:
                found.append((label_of(model), model, specs, processed))
        return sorted(found, key=lambda entry: entry[0])


def versions():
    """What the project runs on."""
    import django
    import imagekit

    try:
        import imagekit.models.fields.utils
    except ImportError:
        if version_of(imagekit).partition(".")[0] not in ("0", "1"):
            raise  # the driver of its database may be missing
        raise RuntimeError("the project has django-imagekit %s: from 2.0 on it can be looked at" % version_of(imagekit))
    try:
        import PIL
    except ImportError:
        import Image as PIL
    try:
        import pilkit
    except ImportError:
        pilkit = None
    return {
        "python": "%d.%d.%d" % sys.version_info[:3],
        "django": ".".join(text(part) for part in django.VERSION[:3]),
        "imagekit": version_of(imagekit),
        "pilkit": version_of(pilkit) if pilkit else None,
        "pillow": text(getattr(PIL, "__version__", None) or getattr(PIL, "PILLOW_VERSION", "1")),
    }


def version_of(package):
    version = getattr(package, "__version__", "")
    if isinstance(version, (tuple, list)):  # (2, 0, 4, 'final', 0)
        version = ".".join(text(part) for part in version[:3])
    return text(version)


def is_imagekit2():
    try:
        import imagekit.cachefiles  # noqa: F401
    except ImportError:
        return True
    return False


def label_of(model):
    return "%s.%s" % (text(model._meta.app_label), text(model.__name__))


def concrete_model(model):
    while model._meta.proxy:
        model = model._meta.proxy_for_model
    return model


def spec_names(model):
    """The spec fields of a model, also those it has from a base."""
    from imagekit.models.fields.utils import ImageSpecFileDescriptor

    found = set()
    for base in model.__mro__:
        for name, value in vars(base).items():
            if isinstance(value, ImageSpecFileDescriptor) and getattr(model, name, None) is not None:
                found.add(text(name))
    return sorted(found)


def processed_names(model):
    from imagekit.models import ProcessedImageField

    return sorted(text(field.name) for field in model._meta.fields if isinstance(field, ProcessedImageField))


def field_named(model, name):
    """The file field of that name, or None where the name means something else."""
    from django.db.models import FileField

    for field in model._meta.fields:
        if field.name == name and isinstance(field, FileField):
            return field
    return None


def image_fields(model):
    from django.db.models import ImageField

    return [field for field in model._meta.fields if isinstance(field, ImageField)]


# One spec file, under ImageKit 2 and 3 ------------------------------------------------------------


def descriptor_of(model, name):
    for base in model.__mro__:
        if name in vars(base):
            return vars(base)[name]
    return None


def source_name(model, name):
    """The attribute that a spec field says its source is; where ImageKit 2 is left to find it, what it finds."""
    descriptor = descriptor_of(model, name)
    named = getattr(descriptor, "source_field_name", None) or getattr(descriptor.field, "image_field", None)
    if named is None:
        fields = image_fields(model)
        named = fields[0].name if len(fields) == 1 else None
    return text(named) if named else None


def root_field(model, name):
    """The file field that a spec is made from in the end, through other specs; None where it is something else."""
    specs = set(spec_names(model))
    seen = set()
    while name in specs and name not in seen:
        seen.add(name)
        name = source_name(model, name)
    return field_named(model, name)


def source_of(file):
    """The source of a spec file."""
    if is_imagekit2():
        return file.source_file
    return getattr(file.generator, "source", None)


def is_spec_file(file):
    if is_imagekit2():
        from imagekit.models.fields.files import ImageSpecFieldFile as kind
    else:
        from imagekit.cachefiles import ImageCacheFile as kind
    return isinstance(file, kind)


def root_source(file):
    """The file that a spec file is made from in the end."""
    depth = 0
    while is_spec_file(file) and depth < 10:
        file, depth = source_of(file), depth + 1
    return file


def bytes_of(file):
    """The content of a file, read past what is open."""
    if getattr(file, "storage", None) is not None and getattr(file, "name", None):
        opened = file.storage.open(file.name, "rb")
        try:
            return opened.read()
        finally:
            opened.close()
    file.seek(0)
    return file.read()


def made(file, overlay):
    """The content of a spec file, made now; nothing is saved but to the overlay."""
    source = source_of(file)
    if is_spec_file(source):
        overlay.put(source.storage, source.name, made(source, overlay))
    if is_imagekit2():
        generator = file.field.generator
        return generator.process_content(io.BytesIO(bytes_of(source)), file.name, source)[1].read()
    content = file.generator.generate()
    content.seek(0)
    return content.read()


def made_on_upload(field, stored, name, content):
    """What a ProcessedImageField stores when ``content`` is uploaded as ``name``, in place of the file ``stored``."""
    if is_imagekit2():
        return field.generator.process_content(io.BytesIO(content), field.get_filename(name), stored)[1].read()
    from django.core.files.base import ContentFile

    upload = ContentFile(content)
    upload.name = name
    result = field.get_spec(source=upload).generate()
    result.seek(0)
    return result.read()


def is_default_name(file):
    """Whether ImageKit chose the name of a spec file."""
    if is_imagekit2():
        return not file.field.cache_to
    from django.conf import settings
    from imagekit.specs import ImageSpec

    own = getattr(type(file.generator), "cachefile_name", None) is not getattr(ImageSpec, "cachefile_name", None)
    namer = text(getattr(settings, "IMAGEKIT_SPEC_CACHEFILE_NAMER", ""))
    return not own and namer.startswith("imagekit.cachefiles.namers.")


# What is written down -----------------------------------------------------------------------------


def described(value, depth=0):
    """A processor, list or setting as text that is the same in each run and under each version."""
    if isinstance(value, (list, tuple)):
        return "[%s]" % ", ".join(described(item, depth) for item in value)
    if isinstance(value, (bytes, type(""))):
        return "'%s'" % text(value)
    if value is None or isinstance(value, (bool, int, float)):
        return text(value)
    if callable(value) and hasattr(value, "__name__"):
        return text(value.__name__)
    attributes = getattr(value, "__dict__", None)
    if attributes is None or depth > 2:
        return type(value).__name__
    items = sorted((text(key), item) for key, item in attributes.items() if not text(key).startswith("_"))
    return "%s(%s)" % (type(value).__name__, ", ".join("%s=%s" % (k, described(v, depth + 1)) for k, v in items))


def processors_of(file):
    """The processors that a spec file is made with."""
    if not is_imagekit2():
        return list(getattr(file.generator, "processors", None) or [])
    processors = file.field.generator.processors
    return list((processors(source_of(file)) if callable(processors) else processors) or [])


def parts_of(processors):
    """Processors as [name, {attribute: value}] each, with values as text."""
    return [
        [
            text(getattr(processor, "__name__", type(processor).__name__)),
            dict(
                (text(key), plain(described(value)))
                for key, value in getattr(processor, "__dict__", {}).items()
                if not text(key).startswith("_")
            ),
        ]
        for processor in processors
    ]


def plain_options(options):
    """The options for saving, as JSON can hold them."""
    return dict((text(key), described(value)) for key, value in (options or {}).items())


def strategy_of(file):
    """When a picture is made: ``when used``, ``when saved``, or the name of a class that is the project's own."""
    if is_imagekit2():
        from imagekit.imagecache import base as kinds

        used, saved, chosen = (
            kinds.PessimisticImageCacheBackend,
            kinds.NonValidatingImageCacheBackend,
            file.field.image_cache_backend,
        )
    else:
        from imagekit.cachefiles import strategies as kinds

        used, saved, chosen = kinds.JustInTime, kinds.Optimistic, file.cachefile_strategy
    if isinstance(chosen, used):
        return "when used"
    if isinstance(chosen, saved):
        return "when saved"
    return type(chosen).__name__


def storage_record(storage):
    """Which storage it is, in words that do not depend on where the project lies."""
    from django.conf import settings

    storage = unwrapped(storage)
    record = {"class": type(storage).__name__, "folder": None, "url": None}
    try:
        location = os.path.realpath(storage.path(""))
        record["folder"] = os.path.relpath(location, os.path.realpath(text(settings.MEDIA_ROOT))).replace(os.sep, "/")
    except Exception:  # a remote storage has none
        record["folder"] = None
    try:
        record["url"] = text(storage.url("x")).partition("?")[0]
    except Exception:  # a storage that is not for the public has none
        record["url"] = None
    return record


def spec_record(file):
    """What a spec field says of itself, as far as that can be told from one of its files."""
    if is_imagekit2():
        field = file.field
        generator = field.generator
        cache_to = field.cache_to
        naming = "default" if not cache_to else "callable" if callable(cache_to) else "folder"
        spec, options, declared = None, generator.options, generator.format
        has_storage = field.storage is not None
    else:
        spec = file.generator
        naming = "default" if is_default_name(file) else "own"
        options, declared = getattr(spec, "options", None), getattr(spec, "format", None)
        has_storage = getattr(spec, "cachefile_storage", None) is not None
    return {
        "processors": plain(described(processors_of(file))),
        "format": text(declared) if declared else None,
        "options": plain_options(options),
        "naming": naming,
        "own_storage": has_storage,
        "strategy": strategy_of(file),
        "spec_class": type(spec).__name__ if spec is not None else None,
        "storage": storage_record(file.storage),
    }


def box(index, length):
    """Where the box `index` of GRID starts and ends on an edge of `length` pixels, never empty."""
    start = index * length // GRID
    return start, max(start + 1, (index + 1) * length // GRID)


def means(image):
    """The mean of each band of an image, 0 to 255, exact in every version of PIL."""
    histogram = image.histogram()
    found = []
    for band in range(len(histogram) // 256):
        counts = histogram[band * 256 : band * 256 + 256]
        found.append(sum(value * count for value, count in enumerate(counts)) / max(1, sum(counts)))
    return found


def steps_of(flat):
    """A grey picture of how much each pixel differs in brightness from its neighbours to the left and above."""
    from PIL import ImageChops

    grey = flat.convert("RGB").convert("L")
    width, height = grey.size
    left, above = grey.copy(), grey.copy()
    left.paste(grey.crop((0, 0, width - 1, height)), (1, 0))
    above.paste(grey.crop((0, 0, width, height - 1)), (0, 1))
    return ImageChops.add(ImageChops.difference(grey, left), ImageChops.difference(grey, above))


def box_means(image):
    """The means of each band of an image in GRID x GRID boxes, row by row.

    There are two ways, which give the same: the sums of the bytes, and histograms, which are faster for large pictures.
    """
    width, height = image.size
    columns = [box(column, width) for column in range(GRID)]
    rows = [box(row, height) for row in range(GRID)]
    if width * height > MANY_PIXELS:
        return [means(image.crop((left, top, right, bottom))) for top, bottom in rows for left, right in columns]
    bands = []
    for band in image.split():
        data = bytearray(raw_bytes(band))
        lines = [data[y * width : (y + 1) * width] for y in range(height)]
        bands.append(
            [
                sum(sum(line[left:right]) for line in lines[top:bottom]) / ((bottom - top) * (right - left))
                for top, bottom in rows
                for left, right in columns
            ]
        )
    return [list(found) for found in zip(*bands)]


def raw_bytes(image):
    return image.tobytes() if hasattr(image, "tobytes") else image.tostring()


def fingerprint(flat, steps):
    """The means of red, green, blue, alpha, and steps in brightness in GRID x GRID boxes, packed into text."""
    averages = bytearray()
    for colours, step in zip(box_means(flat), box_means(steps)):
        averages.extend(int(mean + 0.5) for mean in colours + step)
    # Differences from box to box are small numbers, which compress well.
    changes = bytearray((value - before) % 256 for value, before in zip(averages, bytearray(5) + averages))
    return base64.b64encode(zlib.compress(bytes(changes), 9)).decode("ascii")


def on_white(full):
    """An image in RGBA on white, with its alpha channel kept."""
    from PIL import Image

    white = Image.new("RGBA", full.size, (255, 255, 255, 255))
    white.paste(full, (0, 0), full)
    return Image.merge("RGBA", white.split()[:3] + (full.split()[3],))


def picture_record(content, with_view):
    """What is written down about a picture."""
    from PIL import Image

    image = Image.open(io.BytesIO(content))
    orientation, frames = orientation_of(image), frames_of(image)
    image.load()
    full = image.convert("RGBA")
    raw = raw_bytes(full)
    flat = on_white(full)
    steps = steps_of(flat)
    record = {
        "size": list(image.size),
        "format": text(image.format),
        "mode": text(image.mode),
        "bytes": len(content),
        "transparent": full.split()[3].getextrema()[0] < 255,
        "pixels": hashlib.sha1(repr(tuple(image.size)).encode("ascii") + raw).hexdigest(),
        "fingerprint": fingerprint(flat, steps),
        "detail": round(means(steps)[0], 3),
        "quality": quality(image),
        "orientation": orientation,
        "frames": frames,
        "profile": profile_of(image),
    }
    if with_view:
        record["view"] = view(image, content)
    return record


def orientation_of(image):
    """How the EXIF data of an image have it turned, 2 to 8, or None."""
    read = getattr(image, "getexif", None) or getattr(image, "_getexif", None)
    try:
        found = ((read() if read is not None else None) or {}).get(0x0112)
    except Exception:  # damaged EXIF data: a browser ignores them too
        return None
    return found if isinstance(found, int) and 2 <= found <= 8 else None


def frames_of(image):
    """The number of frames of an image."""
    try:
        return max(1, int(getattr(image, "n_frames", 1)))
    except Exception:  # it is cut off
        return 1


def profile_of(image):
    """The beginning of a hash of an image's colour profile, or None."""
    profile = image.info.get("icc_profile")
    return hashlib.sha1(profile).hexdigest()[:12] if profile else None


def quality(image):
    """The tables and the kind of a JPEG, which follow from the options it was saved with; None for other formats."""
    tables = getattr(image, "quantization", None)
    if image.format != "JPEG" or not tables:
        return None
    if hasattr(tables, "items"):
        tables = [table for _, table in sorted(tables.items())]
    # Versions of Pillow differ in the order of the values.
    ordered = repr([sorted(int(value) for value in table) for table in tables])
    progressive = bool(image.info.get("progressive") or image.info.get("progression"))
    return "%s%s" % (hashlib.sha1(ordered.encode("ascii")).hexdigest()[:12], " progressive" if progressive else "")


def view(image, content):
    """The picture as a browser can show it: {"type": MIME type, "data": base64}."""
    types = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
    if image.format not in types or len(content) > VIEW_BYTES:
        shown = image.convert("RGBA")
        shown.thumbnail((VIEW_EDGE, VIEW_EDGE))
        target = io.BytesIO()
        shown.save(target, str("PNG"))
        content, kind = target.getvalue(), "image/png"
    else:
        kind = types[image.format]
    return {"type": kind, "data": base64.b64encode(content).decode("ascii")}


# The pictures that no row may have ----------------------------------------------------------------


def drawn(size):
    """A colour picture with smooth parts, edges and texture, made without PIL's own randomness or resizing."""
    from PIL import Image, ImageDraw

    width, height = size
    red = band(size, bytes(bytearray(50 + 150 * x // width for x in range(width))) * height)
    green = band(size, b"".join(bytes(bytearray([70 + 130 * y // height])) * width for y in range(height)))
    blue = band(size, b"".join(texture_row(width, y) for y in range(height)))
    image = Image.merge("RGB", (red, green, blue))
    draw = ImageDraw.Draw(image)
    draw.rectangle([width // 10, height // 10, width * 4 // 10, height * 4 // 10], fill=(98, 103, 182))
    draw.rectangle([width * 6 // 10, height * 5 // 10, width * 9 // 10, height * 9 // 10], fill=(176, 161, 90))
    return image


def texture_row(width, y):
    row = bytearray(width)
    for x in range(width):
        row[x] = 120 + (x // 3 * 5 + y // 3 * 7) % 48
    return bytes(row)


def band(size, data):
    from PIL import Image

    return (getattr(Image, "frombytes", None) or Image.fromstring)(str("L"), size, data)


def encoded(image, file_format, **options):
    target = io.BytesIO()
    image.save(target, str(file_format), **options)
    return target.getvalue()


def transparent():
    image = drawn((240, 160))
    width, height = image.size
    alpha = b"".join(
        bytes(bytearray(max(64, 255 - 2 * abs(x - width // 2) - abs(y - height // 2)) for x in range(width)))
        for y in range(height)
    )
    image.putalpha(band(image.size, alpha))
    return image


def palette():
    """A drawing in a ramp of 128 colours."""
    from PIL import Image

    width, height = 320, 192
    image = Image.new(str("P"), (width, height))
    ramp = [(60 + index, 200 - index, 90 + index // 2) for index in range(128)]
    image.putpalette([value for colour in ramp for value in colour] + [0] * 384)
    image.putdata([(x + y) * 127 // (width + height) for y in range(height) for x in range(width)])
    return image


# As phones write it: one entry of a big-endian TIFF directory, orientation (0x0112), a short, 1 value, 6.
ON_ITS_SIDE = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"


def animated():
    """The drawing of `palette` as an animation: its frame three times, for PIL alone cannot always write one."""
    content = bytearray(encoded(palette(), "GIF"))
    start = 13 + (3 * 2 ** ((content[10] & 7) + 1) if content[10] & 0x80 else 0)
    position = start
    while content[position] == 0x21:  # an extension: its blocks end with an empty one
        position += 2
        while content[position]:
            position += content[position] + 1
        position += 1
    end = len(content) - 1
    delay = bytearray(b"\x21\xf9\x04\x00\x0a\x00\x00\x00")
    frame = delay + content[position:end]
    return bytes(content[:start] + frame * 3 + content[end:])


def profile():
    """The header of a colour profile without any table: what it says matters to nobody here."""
    size, signature = b"\0\0\0\x84", b"acsp"
    return size + b"test" + b"\x02\x40\0\0mntrRGB XYZ " + b"\0" * 12 + signature + b"\0" * 92


MADE_UP = [
    ("landscape", ".jpg", lambda: encoded(drawn((900, 600)), "JPEG", quality=95, subsampling=0)),
    ("portrait", ".jpg", lambda: encoded(drawn((480, 720)), "JPEG", quality=95, subsampling=0)),
    ("small", ".jpg", lambda: encoded(drawn((40, 30)), "JPEG", quality=95, subsampling=0)),
    ("alpha", ".png", lambda: encoded(transparent(), "PNG")),
    ("palette", ".gif", lambda: encoded(palette(), "GIF")),
    ("grey", ".jpg", lambda: encoded(drawn((384, 640)).convert("L"), "JPEG", quality=95, subsampling=0)),
    ("rotated", ".jpg", lambda: encoded(drawn((320, 200)), "JPEG", quality=95, subsampling=0, exif=ON_ITS_SIDE)),
    ("animated", ".gif", animated),
    ("profile", ".jpg", lambda: encoded(drawn((360, 240)), "JPEG", quality=95, subsampling=0, icc_profile=profile())),
]
"""Name, extension, and how it is made. Edges whose usual fractions are whole: halves are rounded in many ways."""

MADE_UP_VERSION = 1
"""Grows when one of these pictures changes, for snapshots with others can't be compared."""


# Made-up instances --------------------------------------------------------------------------------


class Builder(object):
    """Makes instances that are not saved, with values that follow from the fields alone."""

    def __init__(self):
        self._made = {}

    def build(self, model):
        from django.db.models import FileField

        instance = model()
        for field in model._meta.fields:
            if isinstance(field, FileField):
                continue
            if field.primary_key and self._target(field) is None:
                setattr(instance, field.attname, 1 if self._is_number(field) else self._value(field))
            elif self._is_needed(field):
                setattr(instance, field.name, self._value(field))
        return instance

    @staticmethod
    def _is_number(field):
        from django.db import models

        return isinstance(field, (models.AutoField, models.IntegerField))

    @staticmethod
    def _is_needed(field):
        relation = getattr(field, "remote_field", None) or getattr(field, "rel", None)
        return not (field.has_default() or field.null or getattr(relation, "parent_link", False))

    @staticmethod
    def _target(field):
        target = getattr(field, "related_model", None)
        if target is None and getattr(field, "rel", None) is not None:
            target = getattr(field.rel, "to", None)
        return target

    def _value(self, field):
        from django.db import models

        target = self._target(field)
        if target is not None:
            return self._related(target)
        if field.choices:
            choice = next(iter(field.choices))
            return choice[1][0][0] if isinstance(choice[1], (list, tuple)) else choice[0]
        for kind, make in [
            (models.EmailField, lambda: "someone@example.com"),
            (models.URLField, lambda: "http://example.com/"),
            (models.CharField, lambda: "made-up"[: field.max_length or 7]),
            (models.TextField, lambda: "made-up"),
            (models.DateTimeField, moment),
            (models.DateField, lambda: datetime.date(2012, 6, 15)),
            (models.TimeField, lambda: datetime.time(12, 0)),
            (models.DecimalField, lambda: decimal.Decimal(1)),
            (models.BooleanField, lambda: False),
            (models.FloatField, lambda: 1.0),
            (models.IntegerField, lambda: 1),
        ]:
            if isinstance(field, kind):
                return make()
        return field.get_default()

    def _related(self, model):
        if model not in self._made:
            self._made[model] = None  # a circle of foreign keys ends here
            self._made[model] = self.build(model)
        return self._made[model]


def moment():
    from django.conf import settings
    from django.utils import timezone

    noon = datetime.datetime(2012, 6, 15, 12, 0)
    return timezone.make_aware(noon, timezone.get_current_timezone()) if settings.USE_TZ else noon


# The measurements ---------------------------------------------------------------------------------


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

    def rows(self, wanted, seconds):
        """The primary keys of some rows: spread over all, with the smallest and the largest picture among them.

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
        """Of these rows, those with the smallest and the largest picture; none if that takes too long."""
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
            except Exception:  # a lost or broken picture: it is told of if it is among the sample
                continue
            sizes.append((width * height, key))
        return [min(sizes, key=lambda entry: entry[0])[1], max(sizes, key=lambda entry: entry[0])[1]] if sizes else []


def spread(values, total, wanted):
    """At most ``wanted`` of ``total`` values in order, the first and the last among them."""
    if wanted < 1:
        return []
    if total <= wanted:
        return list(values[:total])
    if wanted == 1:
        return [values[0]]
    return [values[index * (total - 1) // (wanted - 1)] for index in range(wanted)]


class Survey(object):
    """Looks at all models, one picture after the other."""

    def __init__(self, project, request, reporter):
        self.project = project
        self.request = request
        self.reporter = reporter
        self.done = set((entry[0], entry[1]) for entry in request["done"])
        self.made_up = []
        self.bases = {}

    def run(self):
        self.reporter.event("stage", stage="models")
        models = self.project.models()
        self.reporter.event("total", models=len(models))
        self.made_up = [(name, extension, make()) for name, extension, make in MADE_UP]
        for label, model, specs, processed in models:
            self.project.overlay.cover()
            for group in self._groups(label, model, specs, processed):
                self._group(group)

    @staticmethod
    def _groups(label, model, specs, processed):
        by_field = {}
        for name in specs:
            field = root_field(model, name)
            key = text(field.name) if field is not None else ""
            by_field.setdefault(key, (field, []))[1].append(name)
        for name in processed:
            by_field.setdefault(name, (field_named(model, name), []))
        return [Group(model, label, field, names, key in processed) for key, (field, names) in sorted(by_field.items())]

    def _group(self, group):
        """All the pictures of a group: of some rows, then of one row with pictures that are made up."""
        rows, total, problem = [], None, None
        if not self.request["synthetic"]:
            known = self.request["rows"].get(group.label, {}).get(group.key)
            try:
                total, rows = group.rows(self.request["sample"] if known is None else 0, self.request["time_limit"])
                rows = rows if known is None else known
            except Exception:
                problem = error_record(sys.exc_info())
                roll_back()
        rows = [text(key) for key in rows]
        self.bases[group.label, group.key] = rows[0] if rows else None
        self.reporter.event("rows", model=group.label, field=group.key, total=total, rows=rows, problem=problem)
        described_specs = set()
        for key in rows:
            self._cases(group, "row %s" % key, lambda key=key: self._row(group, key), described_specs, None)
        base = rows[0] if rows else None
        if base is not None:
            try:
                self._row(group, base)
            except Exception:
                base = None
        for name, extension, content in self.made_up:
            self._cases(
                group,
                "made-up %s" % name,
                lambda: self._row(group, base) if base is not None else Builder().build(group.model),
                described_specs,
                (name + extension, content, [MADE_UP_VERSION, "row %s" % base if base is not None else "unsaved"]),
            )

    @staticmethod
    def _row(group, key):
        return group.model._base_manager.get(pk=key)

    def _cases(self, group, case, make_instance, described_specs, made_up):
        """The pictures of one instance."""
        names = [name for name in group.specs if (group.label + "." + name, case) not in self.done]
        processed = group.is_processed and (group.label + "." + group.key, case) not in self.done
        if not names and not processed:
            return
        try:
            roll_back()
            self.project.overlay.clear()
            with TimeLimit(self.request["time_limit"]):
                instance = make_instance()
                if made_up is not None:
                    self._substitute(group, instance, made_up)
                self.project.overlay.hide(self._own_files(instance, group.specs))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            gone = {"error": error_record(sys.exc_info())}
            if isinstance(error, group.model.DoesNotExist):
                gone = {"skipped": "the row is not there"}
            roll_back()
            for name in names + ([group.key] if processed else []):
                self.reporter.event("picture", spec=group.label + "." + name, case=case, **gone)
            return
        for name in names:
            self._spec(group, name, case, instance, described_specs, made_up)
        if processed:
            self._processed(group, case, instance, described_specs, made_up)

    def _substitute(self, group, instance, made_up):
        """Give all image fields of an instance a made-up picture, as if it had been uploaded."""
        file_name, content, _ = made_up
        for field in image_fields(group.model):
            before = getattr(instance, field.name)
            folder = posixpath.dirname(text(before.name)) if before else self._upload_folder(field, instance)
            name = posixpath.join(folder, "ik-migrate-" + file_name)
            self.project.overlay.put(field.storage, name, content)
            setattr(instance, field.name, name)

    @staticmethod
    def _upload_folder(field, instance):
        upload_to = getattr(field, "upload_to", "")
        if not callable(upload_to):
            return text(upload_to) if "%" not in text(upload_to) else "uploads"
        try:
            return posixpath.dirname(text(upload_to(instance, "picture.jpg")).replace("\\", "/"))
        except Exception:  # it wants more of the instance than is made up
            return "uploads"

    @staticmethod
    def _own_files(instance, names):
        """Storage and name of all spec files of an instance that do not overwrite their own source."""
        found = []
        for name in names:
            try:
                file = getattr(instance, name)
                source = root_source(file)
                if file.name and text(file.name) != text(source.name):
                    found.append((file.storage, file.name))
            except Exception:  # it is told of when its picture is to be made
                continue
        return found

    def _tell(self, spec, case, make, *arguments):
        """Tell of one picture: what ``make`` records of it, or the error that it ended with."""
        self.reporter.event("start", spec=spec, case=case)
        record = {}
        try:
            with TimeLimit(self.request["time_limit"]):
                make(*(arguments + (record,)))
        except KeyboardInterrupt:
            raise
        except BaseException:
            record["error"] = error_record(sys.exc_info())
            roll_back()
        self.reporter.event("picture", spec=spec, case=case, **record)

    def _spec(self, group, name, case, instance, described_specs, made_up):
        """One picture of one spec field."""
        spec = group.label + "." + name
        self._tell(spec, case, self._make, group, name, instance, described_specs, made_up)

    def _make(self, group, name, instance, described_specs, made_up, record):
        file = getattr(instance, name)
        root = root_source(file)
        if not root or not getattr(root, "name", None):
            record["skipped"] = "no source"
            return
        if made_up is not None:
            record["base"] = made_up[2]
            if not posixpath.basename(text(root.name)).startswith("ik-migrate-"):
                record["skipped"] = "its source is no field"
                return
        try:
            content = bytes_of(root)
        except (IOError, OSError):
            record["skipped"] = "the source file is not there"
            return
        record["source"] = source_record(content, text(root.name), exact=made_up is None)
        if file.name is None:
            raise ValueError("the spec file has no name")
        record["name"] = text(file.name).replace(os.sep, "/")
        record["default_name"] = is_default_name(file)
        record["url"] = url_of(file)
        record["processors"] = parts_of(processors_of(file))
        if name not in described_specs:
            described_specs.add(name)
            described_spec = spec_record(file)
            described_spec["source"] = source_name(group.model, name)
            described_spec["chained"] = is_spec_file(source_of(file))
            self.reporter.event("spec", spec=group.label + "." + name, kind="spec", **described_spec)
        record["picture"] = picture_record(made(file, self.project.overlay), self.request["pictures"])

    def _processed(self, group, case, instance, described_specs, made_up):
        """What a ProcessedImageField would make of the picture it has, or of one that is made up."""
        spec = group.label + "." + group.key
        self._tell(spec, case, self._upload, group, instance, described_specs, made_up)

    def _upload(self, group, instance, described_specs, made_up, record):
        stored = getattr(instance, group.key)
        if not stored:
            record["skipped"] = "no source"
            return
        try:
            content = bytes_of(stored)
        except (IOError, OSError):
            record["skipped"] = "the source file is not there"
            return
        name = posixpath.basename(text(stored.name))
        record["base"] = made_up[2] if made_up is not None else None
        record["source"] = source_record(content, text(stored.name), exact=made_up is None)
        if group.key not in described_specs:
            described_specs.add(group.key)
            self.reporter.event("spec", spec=group.label + "." + group.key, **processed_record(group.field, name))
        record["picture"] = picture_record(made_on_upload(group.field, stored, name, content), self.request["pictures"])


def source_record(content, name, exact):
    """The source of a picture. That of one that is made up depends on the encoder: its hash says nothing."""
    from PIL import Image

    digest = hashlib.sha1(content).hexdigest()
    record = {"name": name, "sha1": digest if exact else None, "size": None, "mode": None, "decoded": None}
    try:
        image = Image.open(io.BytesIO(content))
        record["mode"] = text(image.mode)
        if min(image.size) > 0:
            record["size"] = list(image.size)
            if exact and image.size[0] * image.size[1] <= SMALL_SOURCE:
                record["decoded"] = decoded(digest, image)
    except Exception:  # no picture: that is told where one is to be made of it
        record["size"] = None
    return record


def decoded(digest, image):
    """How a source looks: versions of the JPEG library do not decode it alike. Sources that come again are known."""
    if digest not in DECODED:
        flat = on_white(image.convert("RGBA"))
        steps = steps_of(flat)
        DECODED[digest] = {"fingerprint": fingerprint(flat, steps), "detail": round(means(steps)[0], 3)}
    return DECODED[digest]


def url_of(file):
    try:
        return text(file.storage.url(file.name)).partition("?")[0]
    except Exception:  # a storage that is not for the public
        return None


def processed_record(field, name):
    """What a ProcessedImageField says of itself."""
    if is_imagekit2():
        host, spec = field.generator, None
    else:
        from django.core.files.base import ContentFile

        upload = ContentFile(b"")
        upload.name = name
        host = spec = field.get_spec(source=upload)
    processors = host.processors
    return {
        "kind": "processed",
        "source": None,
        "chained": False,
        "processors": plain(described(processors if callable(processors) else list(processors or []))),
        "format": text(host.format) if host.format else None,
        "options": plain_options(host.options),
        "naming": "upload",
        "own_storage": False,
        "strategy": None,
        "spec_class": type(spec).__name__ if spec is not None else None,
        "storage": storage_record(field.storage),
    }


def check_admin(project):
    """Tell of thumbnails in the admin that name an attribute which is not there."""
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


def run(request, reporter, scratch):
    project = Project(request, scratch, reporter)
    project.load()
    check_admin(project)
    strays = copy_of_project.strays()
    if strays:
        named = ", ".join(strays[:3]) + (" and others" if len(strays) > 3 else "")
        reporter.event("note", message="not imported from the copy, so not as rewritten: %s" % named)
    survey = Survey(project, request, reporter)
    survey.run()
    if request["behaviours"]:
        Behaviours(project, request, reporter, survey.bases).run()  # noqa: F821, of behaviour_probe.py
    reporter.event("end")


# What must not stay -------------------------------------------------------------------------------


def raise_ending_signals():
    """Let SIGTERM and SIGHUP raise an exception, so that temporary files are removed."""

    def obey(number, frame):
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, obey)


def end_with_parent(folder):
    """Remove a folder and end the process when the one that started it was killed; it would be noticed late."""
    if not hasattr(os, "getppid"):
        return
    parent = os.getppid()
    sleep = time.sleep

    def watch():
        while os.getppid() == parent:
            sleep(1)
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

    watcher = threading.Thread(target=watch)
    watcher.daemon = True
    watcher.start()


def make_scratch():
    """A folder for temporary files on a machine where ik-migrate has made none; those of killed runs are removed.

    Returns the folder to be removed, and the one in it to be used.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        folder = tempfile.mkdtemp(prefix=NEW_SCRATCH)
        return folder, folder
    for name in os.listdir(tempfile.gettempdir()):
        if name.startswith(SCRATCH):
            remove_abandoned(os.path.join(tempfile.gettempdir(), name), fcntl)
    new = tempfile.mkdtemp(prefix=NEW_SCRATCH)
    folder = os.path.join(os.path.dirname(new), SCRATCH + os.path.basename(new)[len(NEW_SCRATCH) :])
    # Open, and so locked, until the process ends.
    lock = os.open(os.path.join(new, LOCK), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    is_locked(lock, fcntl)
    os.write(lock, MARK)
    os.mkdir(os.path.join(new, "content"), 0o700)
    os.rename(new, folder)
    return folder, os.path.join(folder, "content")


def remove_abandoned(folder, fcntl):
    """Remove a scratch folder of this user that no process has locked."""
    try:
        if os.path.islink(folder) or os.lstat(folder).st_uid != os.geteuid():
            return
        lock = os.open(os.path.join(folder, LOCK), os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if os.read(lock, len(MARK) + 1) == MARK and is_locked(lock, fcntl):
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)
    except (IOError, OSError):  # it is gone, or not one of ours
        return


def is_locked(handle, fcntl):
    """Lock a file; whether this process has the lock then. Some file systems have none."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (IOError, OSError):
        return False
    return True


def main(request):
    """Do what ``request`` says, a JSON object as text, and end the process."""
    request = json.loads(request)
    reporter = Reporter()
    raise_ending_signals()
    folder = scratch = request["scratch"]
    if not os.path.isdir(scratch):
        folder, scratch = make_scratch()
    end_with_parent(folder)
    copy_of_project.set(request["prefix"], request["root"], os.path.realpath(scratch))
    if copy_of_project.prefix:
        redirect_writing()  # noqa: F821, of writing_probe.py
    status = 0
    try:
        try:
            run(request, reporter, os.path.realpath(scratch))
        except BaseException:
            status = 1
            reporter.event("fatal", error=error_record(sys.exc_info()))
    finally:
        # Also where nobody listens any more.
        shutil.rmtree(folder, ignore_errors=True)
        # Threads that the project started, and what it does on exit, are not waited for.
        os._exit(status)
