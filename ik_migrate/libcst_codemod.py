"""ik-migrate as a codemod of LibCST, for projects that run their codemods with ``python -m libcst.tool codemod``.

``python -m libcst.tool codemod -x ik_migrate.libcst_codemod.UpgradeImageKitCommand --no-format FILES``
"""

from __future__ import annotations

import argparse
from pathlib import Path

import libcst
from libcst.codemod import CodemodCommand, CodemodContext, SkipFile

from ik_migrate.api import Options, scan
from ik_migrate.model.report import Report
from ik_migrate.model.rule import Applicability


class UpgradeImageKitCommand(CodemodCommand):
    """Upgrade a module from django-imagekit 2.x to 3.0 and later.

    Each file is rewritten by itself, with the facts of its project. LibCST writes no other file: code that needs a
    support module which the project does not have yet is reported, and ``ik-migrate apply`` writes it.

    Args:
        context: LibCST's; must name the file.
        unsafe_fixes: also make rewrites that can change behaviour.
    """

    DESCRIPTION = "Upgrade code from django-imagekit 2.x to 3.0 and later."

    def __init__(self, context: CodemodContext, unsafe_fixes: bool = False) -> None:
        super().__init__(context)
        self._options = Options(unsafe_fixes=unsafe_fixes, jobs=1)

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        """Add the options of the codemod to those of LibCST's tool."""
        arg_parser.add_argument(
            "--unsafe-fixes", action="store_true", help="also make rewrites that can change behaviour"
        )

    def transform_module_impl(self, tree: libcst.Module) -> libcst.Module:
        """Return the upgraded module, and warn of what is left.

        Raises:
            SkipFile: when the name of the file is unknown, or it cannot be rewritten; with the reason.
        """
        if self.context.filename is None:
            raise SkipFile("LibCST does not name the file")
        path = Path(self.context.filename).absolute()
        report = scan([path], self._options, contents={path: tree.bytes})
        self._warn_of_rest(report)
        for result in report.results:
            if result.reason:
                raise SkipFile(result.reason)
            return libcst.parse_module(result.after, config=tree.config_for_parsing)
        return tree

    def _warn_of_rest(self, report: Report) -> None:
        for finding in report.findings:
            is_left = finding.applicability is Applicability.MANUAL
            if is_left or (finding.applicability is Applicability.UNSAFE and not self._options.unsafe_fixes):
                self.warn(f"line {finding.location.line}: {finding.rule.code} {finding.message}")
