"""The Django app that a file belongs to, by its path alone: a report may be read where its project is not."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

# The folders and modules that Django and its users have inside an app.
_INNER = {
    *("admin", "api", "cachefiles", "fixtures", "forms", "locale", "management", "migrations", "models", "settings"),
    *("static", "templates", "templatetags", "tests", "views"),
}
_MODULES = {
    *("admin", "apps", "forms", "imagegenerators", "imagespecs", "models", "serializers", "signals", "specs"),
    *("tests", "urls", "views"),
}


def app_folders(paths: Iterable[str]) -> dict[str, str]:
    """The app folder of each file, ``.`` where it stands in no folder.

    A file belongs to the nearest folder above it that has a module such as ``models.py`` among ``paths``;
    where there is none, to the folder that it stands in.

    Args:
        paths: of files, with forward slashes.
    """
    outer = {path: _outer_folder(path) for path in paths}
    apps = {folder for path, folder in outer.items() if _names_an_app(path, folder)}
    return {path: _nearest(folder, apps) for path, folder in outer.items()}


def app_labels(folders: Iterable[str]) -> dict[str, str]:
    """A short name for each folder: the end of its path, as much of it as tells it from the others."""
    wanted = sorted(set(folders))
    labels = {}
    for folder in wanted:
        parts = folder.split("/")
        for length in range(1, len(parts) + 1):
            label = "/".join(parts[-length:])
            if sum(f"/{other}".endswith(f"/{label}") for other in wanted) == 1:
                break
        labels[folder] = "top folder" if folder == "." else label
    return labels


def _outer_folder(path: str) -> str:
    """The folder of a file, without what Django has inside of an app: ``gallery`` for ``gallery/management/x.py``."""
    parts = posixpath.dirname(path).split("/")
    for index, part in enumerate(parts):
        if part in _INNER:
            parts = parts[:index]
            break
    return "/".join(parts) or "."


def _names_an_app(path: str, folder: str) -> bool:
    relative = path if folder == "." else path[len(folder) + 1 :]
    name = relative.split("/")[0].removesuffix(".py")
    return folder != "." and name in _MODULES


def _nearest(folder: str, apps: set[str]) -> str:
    candidate = folder
    while candidate not in apps:
        if "/" not in candidate:
            return folder
        candidate = candidate.rpartition("/")[0]
    return candidate
