"""Imports modules of many projects, each in a fork of a process that has Django loaded: python load_runner.py REQUEST.

REQUEST is a JSON file with a list of objects: ``name``, ``root`` (the folder of the project), ``modules`` (dotted
names, those of a file at the top of the project begin with ``project.``) and ``settings`` (a settings module of the
project, or empty). Prints a JSON object with what went wrong for each name. What a project imports and does not have,
like the rest of a site that a fixture is cut out of, is made up.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import sys
import traceback
import types
from pathlib import Path
from typing import Any

_OURS = ("django", "imagekit", "pilkit", "PIL", "project", "appconf")


def main(request: str) -> None:
    import django.db.models  # noqa: F401, loaded once for all
    import PIL.Image  # noqa: F401

    outcomes = {}
    for item in json.loads(Path(request).read_text("utf-8")):
        outcomes[item["name"]] = run_in_fork(item)
    print(json.dumps(outcomes))


def run_in_fork(item: dict[str, Any]) -> str:
    """Return what went wrong with one project; empty where nothing did."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(2, 1)  # what a project prints is not ours
        try:
            outcome = load(item)
        except BaseException as error:
            outcome = f"{type(error).__name__}: {error}"
        with os.fdopen(writing, "w", encoding="utf-8") as stream:
            stream.write(outcome)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as stream:
        outcome = stream.read()
    _, status = os.waitpid(child, 0)
    return outcome or (f"the process ended with {status}" if status else "")


def load(item: dict[str, Any]) -> str:
    root = Path(item["root"])
    sys.path[:0] = [str(root), str(root.parent)]
    sys.modules["project"] = _package("project", root)
    sys.meta_path.append(MadeUp(root))
    try:
        start(item["settings"])
        for module in item["modules"]:
            import_with_models(module)
    except Exception as error:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(str(root))]
        place = f"{Path(frames[-1].filename).relative_to(root)}, line {frames[-1].lineno}" if frames else "elsewhere"
        return f"{type(error).__name__}: {error} ({place})"
    return ""


def start(settings_module: str) -> None:
    import django
    from django.conf import settings

    if settings_module:
        os.environ["DJANGO_SETTINGS_MODULE"] = settings_module
    else:
        settings.configure(
            SECRET_KEY="x",
            INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "imagekit"],
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
            MEDIA_URL="/media/",
            DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        )
        made_up = {"THUMB_CONVERT": True, "CONVERT": True}
        for name, value in made_up.items():
            setattr(settings, name, value)
    django.setup()


def import_with_models(module: str) -> None:
    """Import a module; models need an application, which is made for its package where the settings have none."""
    from django.apps import AppConfig, apps

    package = module.rpartition(".")[0] or module
    if package not in {config.name for config in apps.get_app_configs()} and package != module:
        importlib.import_module(package)
        config = AppConfig(package, sys.modules[package])
        config.apps = apps
        config.models = {}
        apps.app_configs[config.label] = config
    importlib.import_module(module)


def _package(name: str, folder: Path) -> types.ModuleType:
    """Return a package whose modules are in a folder; the folder need not be one itself."""
    module = types.ModuleType(name)
    module.__path__ = [str(folder)]
    module.__file__ = str(folder / "__init__.py")
    module.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
    return module


class _AnyMeta(type):
    """Makes classes whose attributes are classes like them."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__") or name in {"contribute_to_class", "resolve_expression"}:
            raise AttributeError(name)
        return _AnyMeta(name, (Any_,), {})

    def __iter__(cls) -> Any:
        return iter(())


class Any_(metaclass=_AnyMeta):
    """Takes the place of what is not there: can be called, derived from and passed on."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        pass

    def __call__(self, *args: object, **kwargs: object) -> Any:
        return args[0] if args and callable(args[0]) else Any_()

    def __iter__(self) -> Any:
        return iter(())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in {"contribute_to_class", "resolve_expression", "deconstruct"}:
            raise AttributeError(name)
        return Any_()


class _Module(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if "storage" in f"{self.__name__}.{name}".lower():  # Django wants a real one
            from django.core.files.storage import FileSystemStorage

            return FileSystemStorage if name[0].isupper() else FileSystemStorage()
        return _AnyMeta(name, (Any_,), {})


class MadeUp(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules that nothing else finds, but for those of the libraries that matter.

    Args:
        root: the folder of the project.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def find_spec(self, name: str, path: object = None, target: object = None) -> importlib.machinery.ModuleSpec | None:
        top = name.partition(".")[0]
        is_own = (self._root / top).is_dir() or (self._root / f"{top}.py").exists()
        if top in _OURS or top in sys.stdlib_module_names or is_own:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass


if __name__ == "__main__":
    main(sys.argv[1])
