"""Imports many small projects in one process: python import_runner.py FOLDER REQUEST.json, prints JSON.

Runs on Python 2.7 and 3, and on all versions of Django and ImageKit. FOLDER holds one project in each folder, whose
name is that of its application. The request maps these names to the attributes that each model must have.
"""

# ruff: noqa: UP010, UP032

from __future__ import print_function

import json
import os
import sys
import traceback


def main(folder, request):
    with open(request) as stream:
        wanted = json.load(stream)
    start_django(wanted.pop("settings"))
    known = set(sys.modules)
    outcomes = {}
    for name in sorted(wanted):
        root = os.path.join(folder, name)
        sys.path.insert(0, root)
        try:
            outcomes[name] = import_application(name, wanted[name])
        finally:
            sys.path.remove(root)
            # Another project has modules of the same name.
            for module in set(sys.modules) - known:
                if (getattr(sys.modules[module], "__file__", None) or "").startswith(root):
                    del sys.modules[module]
    print(json.dumps(outcomes))


def start_django(values):
    import django
    from django.conf import settings

    configuration = {
        "SECRET_KEY": "x",
        "INSTALLED_APPS": ["django.contrib.contenttypes", "imagekit"],
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        "MEDIA_URL": "/media/",
        "DEFAULT_AUTO_FIELD": "django.db.models.AutoField",
    }
    configuration.update((str(name), value) for name, value in values.items())
    settings.configure(**configuration)
    getattr(django, "setup", lambda: None)()


def import_application(name, attributes):
    """Returns what went wrong; empty where nothing did."""
    try:
        for model in load_models(name):
            model()
            for attribute in attributes.get(model.__name__, ()):
                if not hasattr(model, attribute):
                    return "AttributeError: {} has no {}".format(model.__name__, attribute)
    except Exception as error:
        frames = traceback.extract_tb(sys.exc_info()[2])
        own = [frame for frame in frames if name in frame[0]]
        place = "line {}".format(own[-1][1]) if own else "nowhere"
        return "{}: {} ({})".format(type(error).__name__, error, place)
    return ""


def load_models(name):
    """Imports the models of an application; returns those that are not abstract."""
    try:
        from django.apps import AppConfig, apps
    except ImportError:
        return models_before_registry(name)
    config = AppConfig.create(name)
    config.apps = apps
    config.models = None
    apps.app_configs[config.label] = config
    try:
        config.import_models(*([apps.all_models[config.label]] if takes_models(config) else []))
    finally:
        apps.clear_cache()
    return [model for model in apps.all_models[config.label].values() if not model._meta.auto_created]


def takes_models(config):
    """Whether this Django wants the models as an argument: 1.7 to 1.10."""
    code = type(config).import_models.__code__
    return code.co_argcount > 1


def models_before_registry(name):
    __import__(name + ".models")
    from django.db.models import get_models
    from django.db.models.loading import cache

    module = sys.modules[name + ".models"]
    cache.app_store[module] = len(cache.app_store)
    return get_models(module)


if __name__ == "__main__":
    main(*sys.argv[1:])
