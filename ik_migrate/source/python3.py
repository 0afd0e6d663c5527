"""Python 3 source, parsed; what Python itself raises for source that is none has one name here."""

from __future__ import annotations

import ast
import warnings

from ik_migrate.source.python2.tokens import NotPython, TooDeep


def parse(text: str) -> ast.Module:
    """The syntax tree of Python 3 source.

    Raises:
        NotPython: when it does not parse, for whatever reason.
        TooDeep: when it is too deeply nested to be parsed; a kind of `NotPython`.
    """
    try:
        with warnings.catch_warnings():
            # Invalid escapes and the like: the user did not ask for an opinion on them.
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        raise NotPython(error.msg, error.lineno or 1, max(1, error.offset or 1)) from None
    except ValueError as error:
        raise NotPython(str(error)) from None
    except (RecursionError, MemoryError):
        raise TooDeep from None
