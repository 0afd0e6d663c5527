"""The project: its settings, and its models as far as they can be loaded."""

from __future__ import absolute_import, division, unicode_literals

import os
import sys

from .databases import refuse_writing, shield_databases
from .manage_py import run_manage_py
from .models import concrete_model, label_of, processed_names, spec_names
from .overlay import Overlay
from .project_copy import copy_of_project
from .reporter import error_record, plain
from .side_effects import shield_logging, shield_tasks
from .text_value import text
from .versions import versions


class Project(object):
    """The project: its settings, and its models as far as they can be loaded."""

    def __init__(self, request, scratch, reporter):
        self.request = request
        self.scratch = scratch
        self.reporter = reporter
        self.overlay = Overlay(os.path.join(scratch, "files"))
        os.mkdir(os.path.join(scratch, "files"))

    def load(self):
        """Load the settings and all apps; an app that fails is reported and skipped."""
        self._prepare()
        self.reporter.event("stage", stage="settings")
        self._run_manage_py()
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

    def _run_manage_py(self):
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
        notes = shield_databases(settings.DATABASES, self.scratch, self.request["synthetic"])
        for message in notes:
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
        """Report what was raised just now."""
        self.reporter.event("problem", where=text(where), error=error_record(sys.exc_info()))

    def guarded(self, where, function, after=None):
        """The function, with what it raises reported instead, and ``after`` called then."""

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
                # The models of a module that failed half-way would conflict when another app imports it.
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
