"""Small projects for tests of `scan` and `apply` as a whole."""

from __future__ import annotations

from ik_migrate.api import Options, scan
from ik_migrate.model.rule import Applicability

USING = "from imagekit.models import ImageSpecField\nthumb = ImageSpecField([], image_field='picture')\n"


def found(folder, *paths, **options):
    """The findings in a project, as ``(path, line, code, applicability)``, notices left out."""
    report = scan([folder / path for path in paths] or [folder], Options(**options), base=folder)
    assert not report.failed
    return [
        (finding.path, finding.location.line, finding.rule.code, finding.applicability.value)
        for finding in report.findings
        if finding.applicability is not Applicability.NOTICE
    ]
