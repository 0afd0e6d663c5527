"""Move a Django code base from django-imagekit 2.x to 3.0 and later.

The names below are the Python API, see docs/python-api.md. They are imported when they are asked for, so that the
command line starts fast.
"""

# Nothing is imported here: with ``python -m ik_migrate``, that would be the module of that name in the current folder,
# the user's project, which only `__main__` takes away from where Python looks.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from ik_migrate.api import apply, scan
    from ik_migrate.controls.config import options_for
    from ik_migrate.controls.options import Options
    from ik_migrate.errors import IkMigrateError
    from ik_migrate.findings import Applicability, Finding, Place, Rule
    from ik_migrate.report import Report
    from ik_migrate.results import FileResult, Status

__version__ = "0.1.0"

__all__ = [
    "Applicability",
    "FileResult",
    "Finding",
    "IkMigrateError",
    "Options",
    "Place",
    "Report",
    "Rule",
    "Status",
    "apply",
    "options_for",
    "scan",
]

_MODULES = {
    "FileResult": "results",
    "IkMigrateError": "errors",
    "Options": "controls.options",
    "Report": "report",
    "Status": "results",
    "apply": "api",
    "options_for": "controls.config",
    "scan": "api",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    found = getattr(importlib.import_module(f"{__name__}.{_MODULES.get(name, 'findings')}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
