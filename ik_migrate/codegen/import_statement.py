"""One import statement, changed with its layout kept: brackets, comments, continued lines and spaces stay."""

from __future__ import annotations

import re

import libcst as cst

from ik_migrate.codegen.comma_list import CommaList, Separator
from ik_migrate.model.change import AddImport

# Words that are names in Python 2, but not for LibCST: they are marked while it has the statement.
_NAMES_OF_PYTHON_2 = re.compile(r"\b(async|await|nonlocal)\b")
_MARKED = re.compile(r"_ik_(async|await|nonlocal)_")


class ImportStatement:
    """An import statement as LibCST reads it.

    Args:
        code: its text.
        newline: how the lines of the file end.

    Raises:
        cst.ParserSyntaxError: when ``code`` is not an import statement.
    """

    def __init__(self, code: str, newline: str) -> None:
        self._statement = _parsed(_NAMES_OF_PYTHON_2.sub(r"_ik_\1_", code), newline)
        self._newline = newline
        before: Separator = cst.SimpleWhitespace("")
        after: Separator = cst.SimpleWhitespace("")
        if isinstance(self._statement, cst.ImportFrom) and self._statement.lpar and self._statement.rpar:
            before, after = self._statement.lpar.whitespace_after, self._statement.rpar.whitespace_before
        names = self._statement.names
        self._list = CommaList[cst.ImportAlias](() if isinstance(names, cst.ImportStar) else names, before, after)

    @property
    def code(self) -> str:
        """The statement as text."""
        names, before, after = self._list.parts
        statement = self._statement.with_changes(names=names or self._statement.names)
        if isinstance(statement, cst.ImportFrom) and statement.lpar and statement.rpar:
            lpar = statement.lpar.with_changes(whitespace_after=before)
            rpar = statement.rpar.with_changes(whitespace_before=after)
            statement = statement.with_changes(lpar=lpar, rpar=rpar)
        return _MARKED.sub(r"\1", cst.Module([], default_newline=self._newline).code_for_node(statement))

    def import_from(self, module: str) -> None:
        """Import the names from another module."""
        self._statement = self._statement.with_changes(module=_dotted(module), relative=())

    def replace(self, index: int, name: str, local: str) -> None:
        """Import ``name as local`` instead of the name at ``index``."""
        alias = self._list.items[index]
        if alias.evaluated_name != name:
            asname = None if name == local else alias.asname
            alias = alias.with_changes(name=_dotted(name), asname=asname)
        if (alias.evaluated_alias or name) != local:
            alias = alias.with_changes(asname=_clause(name, local).asname)
        self._list.items[index] = alias

    def add(self, wanted: AddImport) -> None:
        """Import one more name: in its place if the names are sorted, else at the end."""
        known = [alias.evaluated_name for alias in self._list.items]
        later = (index for index, name in enumerate(known) if name > wanted.name and known == sorted(known))
        self._list.insert(next(later, len(known)), _clause(wanted.name, wanted.local))

    def drop(self, index: int) -> None:
        """Remove a name, and the comments about it alone."""
        self._list.drop(index, keep_heading=True)


def _parsed(code: str, newline: str) -> cst.Import | cst.ImportFrom:
    line = cst.parse_statement(code, cst.PartialParserConfig(default_newline=newline))
    statement = line.body[0] if isinstance(line, cst.SimpleStatementLine) else line
    if not isinstance(statement, cst.Import | cst.ImportFrom):
        raise TypeError(f"{code!r} is not an import statement")
    return statement


def _dotted(name: str) -> cst.Name | cst.Attribute:
    expression = cst.parse_expression(name)
    assert isinstance(expression, cst.Name | cst.Attribute)
    return expression


def _clause(name: str, local: str) -> cst.ImportAlias:
    return cst.ImportAlias(_dotted(name), None if name == local else cst.AsName(cst.Name(local)))
