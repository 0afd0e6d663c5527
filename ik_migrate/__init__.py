"""Upgrade Django code from django-imagekit 2.x to 3.0 and later.

The names below are the Python API, see docs/python-api.md. They are imported on first use, so that the
command line starts fast.
"""

# Nothing is imported here: with ``python -m ik_migrate``, that would be the module of that name in the current folder,
# the user's project, which only `__main__` takes away from where Python looks.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from ik_migrate.api import apply, scan
    from ik_migrate.config.config_file import options_for
    from ik_migrate.model.errors import IkMigrateError
    from ik_migrate.model.finding import Finding
    from ik_migrate.model.location import Location
    from ik_migrate.model.options import Options
    from ik_migrate.model.report import Report
    from ik_migrate.model.result import FileResult, Status
    from ik_migrate.model.rule import Applicability, Rule
    from ik_migrate.model.version import VERSION as __version__

__all__ = [
    "Applicability",
    "FileResult",
    "Finding",
    "IkMigrateError",
    "Location",
    "Options",
    "Report",
    "Rule",
    "Status",
    "__version__",
    "apply",
    "options_for",
    "scan",
]

_MODULES = {
    "Applicability": "model.rule",
    "FileResult": "model.result",
    "Finding": "model.finding",
    "IkMigrateError": "model.errors",
    "Options": "model.options",
    "Location": "model.location",
    "Report": "model.report",
    "Rule": "model.rule",
    "Status": "model.result",
    "__version__": "model.version",
    "apply": "api",
    "options_for": "config.config_file",
    "scan": "api",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    module = importlib.import_module(f"{__name__}.{_MODULES[name]}")
    found = getattr(module, "VERSION" if name == "__version__" else name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
