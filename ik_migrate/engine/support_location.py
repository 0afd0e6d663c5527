"""Where the support module of a project is, or where it belongs: importable by one name from models and settings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from ik_migrate.files.reading import file_content
from ik_migrate.project.module import Module
from ik_migrate.project.project import Project
from ik_migrate.project.support_module import NAME, SupportModule

_SETTINGS_MODULE = re.compile(r"DJANGO_SETTINGS_MODULE['\"]\]?\s*[,=]\s*['\"]([\w.]+)['\"]")
_SETTINGS_PACKAGES = frozenset({"settings", "conf", "config", "configuration", "environments"})


def find_support_module(project: Project, models: Iterable[Path], marked: Iterable[Path], name: str) -> SupportModule:
    """Return the support module that a project has, or the one that it would get.

    Args:
        project: the project.
        models: the files with spec fields.
        marked: the files that are support modules, by their first line.
        name: the dotted name that the user chose; empty where nothing was chosen.
    """
    known = {path: module for path in sorted(marked) if (module := project.module_at(path)) is not None}
    # Their paths and texts: to parse them all here would take as long as the other processes take for theirs.
    paths = sorted(models)
    if name:
        path = _path_of(project, paths, name)
        return _module(project, name, path, known.get(path))
    for path, module in known.items():
        return _module(project, _imported_name(project, module, paths), path, module)
    dotted, path = _new_place(project, paths)
    return _module(project, dotted, path, None)


def has_settings_of_sites(project: Project, support: SupportModule, settings: Collection[Path]) -> bool:
    """Whether the settings of a project are those of the sites that use its models.

    An app that is packaged for other sites may have its own settings for tests and examples.

    Args:
        project: the project.
        support: its support module, which is near the settings of a site.
        settings: its settings modules.
    """
    homes = {folder for path in settings for folder in (path.parent, path.parent.parent)}
    return bool(settings) and (support.path.parent in homes or not _is_packaged(project.root))


def _is_packaged(root: Path) -> bool:
    """Whether a project is built to be installed in other projects."""
    if (root / "manage.py").is_file():
        return False
    try:
        return (root / "setup.py").is_file() or b"[build-system]" in file_content(root / "pyproject.toml")
    except OSError:
        return False


def _module(project: Project, dotted: str, path: Path, module: Module | None) -> SupportModule:
    pieces = frozenset(module.text.names.module.bindings) if module is not None else frozenset()
    return SupportModule(dotted, path, pieces, project.may_write(path))


def _path_of(project: Project, paths: list[Path], dotted: str) -> Path:
    """The file that a dotted name stands for, whether it exists or not."""
    *packages, name = dotted.split(".")
    for root in [project.root, *_manage_folders(project, paths), *project.source_roots]:
        folder = root.joinpath(*packages)
        if folder.is_dir():
            return folder / f"{name}.py"
    return project.root.joinpath(*packages) / f"{name}.py"


def _imported_name(project: Project, support: Module, paths: list[Path]) -> str:
    """The name that the project imports a support module by."""
    for place in paths:
        module = project.module_at(place) if support.path.stem in _text_of(project, place) else None
        if module is None:
            continue
        for bindings in module.text.names.module.bindings.values():
            for binding in bindings:
                if binding.kind == "import" and binding.module.rpartition(".")[2] == support.path.stem:
                    dotted, path = project.imported_file(module, binding.module)
                    if path == support.path and dotted is not None and not binding.module.startswith("."):
                        return binding.module
        project.make_room()
    return _name_beside(project, support.path.parent, paths, support.path.stem)


def _new_place(project: Project, paths: list[Path]) -> tuple[str, Path]:
    """The name and the file of a support module for a project that has none."""
    for folder in _manage_folders(project, paths):
        settings = _settings_of(folder)
        if not settings:
            continue
        packages = settings.split(".")[:-1]
        while len(packages) > 1 and packages[-1] in _SETTINGS_PACKAGES:
            packages.pop()
        if len(packages) == 1 and packages[0] == "settings":
            packages.pop()
        home = folder.joinpath(*packages)
        if home.is_dir():
            dotted = ".".join([*packages, NAME])
            return dotted if packages else _name_beside(project, home, paths, NAME), home / f"{NAME}.py"
    if not paths:
        return NAME, project.root / f"{NAME}.py"
    home = paths[0].parent
    if home.name == "models" and (home / "__init__.py").is_file():
        home = home.parent
    return _name_beside(project, home, paths, NAME), home / f"{NAME}.py"


def _manage_folders(project: Project, paths: Iterable[Path]) -> list[Path]:
    """The folders with a manage.py or with settings at or above the models, nearest first."""
    return [
        folder
        for folder in dict.fromkeys(_folders_above(project, paths))
        if (folder / "manage.py").is_file() or (folder / "settings.py").is_file() or (folder / "settings").is_dir()
    ]


def _folders_above(project: Project, paths: Iterable[Path]) -> Iterator[Path]:
    yield project.root
    for path in paths:
        for folder in path.parents:
            yield folder
            if folder == project.root:
                break


def _settings_of(folder: Path) -> str:
    """The dotted name of the settings that a folder's manage.py names, or that lie in the folder."""
    try:
        named = _SETTINGS_MODULE.search(file_content(folder / "manage.py").decode("utf-8", "replace"))
    except OSError:
        named = None
    if named is not None:
        packages = named[1].split(".")
        place = folder.joinpath(*packages)
        if place.with_suffix(".py").is_file() or place.is_dir():
            return named[1]
    if (folder / "settings.py").is_file() or (folder / "settings").is_dir():
        return "settings"
    inner = sorted(path.parent.name for path in folder.glob("*/settings.py"))
    inner += sorted(path.parent.parent.name for path in folder.glob("*/settings/__init__.py"))
    return f"{inner[0]}.settings" if inner else ""


def _name_beside(project: Project, folder: Path, paths: Iterable[Path], stem: str) -> str:
    """The dotted name of a module in a folder, as the code of the project would import it.

    Until Django 1.3 the folder with the settings was a package, and its modules could be imported with and without its
    name. The code says which of them it goes by.
    """
    packages: list[str] = []
    top = folder
    while (top / "__init__.py").is_file() and top != top.parent:
        packages.insert(0, top.name)
        top = top.parent
    if (folder / "manage.py").is_file() or (folder / "settings.py").is_file():
        prefix = re.compile(rf"\b{re.escape(folder.name)}\.\w")
        texts = (_text_of(project, path) for path in (*paths, folder / "settings.py", folder / "urls.py"))
        if not packages or not any(map(prefix.search, texts)):
            return stem
        return f"{packages[-1]}.{stem}"
    return ".".join([*packages, stem])


def _text_of(project: Project, path: Path) -> str:
    """What a file says; nothing where it cannot be read."""
    try:
        return project.read(path).decode("utf-8", "replace")
    except OSError:
        return ""
