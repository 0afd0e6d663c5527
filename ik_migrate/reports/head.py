"""The head of a report: the target of each project, and how the report was made."""

from __future__ import annotations

from collections.abc import Sequence

from ik_migrate.model.run_info import ProjectTarget


def target_sentences(targets: Sequence[ProjectTarget]) -> list[str]:
    """Return a sentence on the target of each project: ``Target: django-imagekit 6.1 (...)``."""
    several = len(targets) > 1
    return [
        f"Target{f' of {target.project}' if several else ''}: django-imagekit {target.version}"
        f" ({target.reason.rstrip('.')})"
        for target in targets
    ]
