"""Where ImageKit's management commands are called: in text, in ``call_command``, in strings of a program."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ik_migrate.imagekit.command_lines import Mention, Word, called_with, mentions
from ik_migrate.project.module import Module
from ik_migrate.project.string_literals import Literal, literals
from ik_migrate.project.text_file import TextFile
from ik_migrate.source.comments import in_comment

PROCEDURE = """\
rm -rf "$MEDIA_ROOT/CACHE/images"
python manage.py shell <<'END'
from imagekit.registry import cachefile_registry as files, generator_registry as specs
_ = [f.cachefile_backend.set_state(f, 'does_not_exist') for name in specs.get_ids() for f in files.get(name)]
END
python manage.py generateimages"""
"""How to generate all files again, without emptying a cache of the site: tried with 3.0.4 and 6.1.1."""

_CALL_COMMAND = "django.core.management.call_command"
_COMMANDS = "imagekit.management.commands"
# What every command takes besides its own options: call_command of Django 1.4 to 5.2.
_KEYWORDS = frozenset({"verbosity", "settings", "pythonpath", "traceback", "no_color", "stdout", "stderr"})
_MANAGES = re.compile(r"manage(?!r)|django-admin|bin/django", re.I)
_PREFIX = "manage.py "


@dataclass(frozen=True)
class Use:
    """One place where a command is called or mentioned.

    Args:
        mention: the place, in offsets of the file.
        is_writable: whether another name can be written there.
        is_import: whether it is an import of ImageKit's own module.
        call: the call of ``call_command``, if it is one.
    """

    mention: Mention
    is_writable: bool = True
    is_import: bool = False
    call: ast.Call | None = None


def uses_in_text(file: TextFile, command: str) -> Iterator[Use]:
    """The places in a file that is not Python, without comments."""
    text = file.source.text
    if command in text:
        for mention in mentions(text, command):
            if not in_comment(file.name, text, mention.start):
                yield Use(mention)


def uses_in_module(module: Module, command: str) -> Iterator[Use]:
    """The places in a Python file, without comments and docstrings."""
    if command not in module.text.source.text:
        return
    yield from _imports(module, command)
    for literal in literals(module):
        if command in literal.value:
            yield from _uses_in_literal(literal, command)


def _imports(module: Module, command: str) -> Iterator[Use]:
    for node in module.text.nodes_of(ast.Import, ast.ImportFrom):
        names = []
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        if f"{_COMMANDS}.{command}" in names:
            yield Use(Mention(module.text.start(node), module.text.end(node), False), is_import=True)


def _uses_in_literal(literal: Literal, command: str) -> Iterator[Use]:
    parent = literal.module.text.names.parents.get(literal.node)
    whole = literal.value == command and literal.locate(0, len(command)) is not None
    mention = None
    if whole and isinstance(parent, ast.Call):
        mention = _in_call_command(literal, parent)
    elif whole and isinstance(parent, ast.List | ast.Tuple):
        mention = _in_list(literal, parent)
    if mention is not None:
        is_call = isinstance(parent, ast.Call) and literal.module.qualified(parent.func) == _CALL_COMMAND
        yield Use(mention, call=parent if is_call and isinstance(parent, ast.Call) else None)
    elif isinstance(parent, ast.Call) and literal.value.lstrip().startswith(command) and _manages(literal, parent):
        for mention in mentions(_PREFIX + literal.value, command):
            yield _placed(literal, _given_more(mention, parent), len(_PREFIX))
    else:
        for mention in mentions(literal.value, command):
            yield _placed(literal, mention, 0)


def _manages(literal: Literal, call: ast.Call) -> bool:
    """Whether the string is the first argument of a function of the project that runs ``manage.py``."""
    name = literal.module.text.text_of(call.func)
    return call.args[:1] == [literal.node] and _MANAGES.search(name) is not None


def _given_more(mention: Mention, call: ast.Call) -> Mention:
    is_seen = mention.is_seen and len(call.args) == 1 and not call.keywords
    return replace(mention, is_seen=is_seen)


def _placed(literal: Literal, mention: Mention, shift: int) -> Use:
    """The mention in offsets of the file; where these cannot be determined, it cannot be rewritten."""
    place = literal.locate(mention.start - shift, mention.end - shift)
    words = [(word, literal.locate(word.start - shift, word.end - shift)) for word in mention.arguments]
    module = literal.module
    whole = (module.text.start(literal.node), module.text.end(literal.node))
    is_writable = place is not None and all(
        found is not None or word.text == word.text.lower() for word, found in words
    )
    arguments = tuple(Word(*(found or whole), word.text) for word, found in words)
    start, end = place or whole
    return Use(replace(mention, start=start, end=end, arguments=arguments), is_writable)


def _in_call_command(literal: Literal, call: ast.Call) -> Mention | None:
    """The call of a command by ``call_command('name', ...)``."""
    module = literal.module
    if call.args[:1] != [literal.node] or module.qualified(call.func) != _CALL_COMMAND:
        return None
    words, is_seen = _words(module, call.args[1:])
    unknown = [_shown(keyword) for keyword in call.keywords if keyword.arg not in _KEYWORDS]
    mention = called_with(*_inside(literal), words, is_seen)
    return replace(mention, options=(*mention.options, *unknown))


def _shown(keyword: ast.keyword) -> str:
    """A keyword argument in short; with its value where it is off."""
    is_off = isinstance(keyword.value, ast.Constant) and not keyword.value.value
    return f"{keyword.arg}={ast.unparse(keyword.value)}" if keyword.arg and is_off else keyword.arg or "**"


def _in_list(literal: Literal, items: ast.List | ast.Tuple) -> Mention | None:
    """The call of a command by ``['python', 'manage.py', 'name', ...]``."""
    module = literal.module
    index = items.elts.index(literal.node)
    if not any(_MANAGES.search(module.text.text_of(item)) for item in items.elts[:index]):
        return None
    words, is_seen = _words(module, items.elts[index + 1 :])
    if isinstance(module.text.names.parents.get(items), ast.BinOp):
        is_seen = False
    return called_with(*_inside(literal), words, is_seen)


def _words(module: Module, nodes: list[ast.expr]) -> tuple[list[Word], bool]:
    """Arguments that stand there as strings, and whether these are all."""
    words = []
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            place = Literal(module, node, node.value).locate(0, len(node.value))
            if place is not None:
                words.append(Word(*place, node.value))
    return words, len(words) == len(nodes)


def _inside(literal: Literal) -> tuple[int, int]:
    """The range of a string's value, without its quotes; of the whole literal where that cannot be determined."""
    text = literal.module.text
    return literal.locate(0, len(literal.value)) or (text.start(literal.node), text.end(literal.node))
