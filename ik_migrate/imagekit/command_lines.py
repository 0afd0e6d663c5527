"""Management commands as they are called in shell scripts, Makefiles, crontabs and strings of a program.

Options: those of django.core.management.base.BaseCommand, Django 1.4 to 5.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ik_migrate.source.comments import line_start

_FLAGS = frozenset({"--traceback", "--no-color", "--force-color", "--skip-checks", "-h", "--help", "--version"})
_WITH_VALUE = frozenset({"--settings", "--pythonpath", "-v", "--verbosity"})
_SEPARATOR = r"(?:[\s,]|\\\r?\n)+"
_MANAGE = r"(?:[\w.]*[._-])?manage(?:[._-][\w.-]*)?|django-admin(?:\.py)?|(?<=/)django"
_VARIABLE = (
    r"\$+[({]*\w*(?:manage|django)\w*[)}]*|%\w*(?:manage|django)\w*%"
    r"|%\(\w*(?:manage|django)\w*\)s|\{+[^{}]*(?:manage|django)[^{}]*\}+"
)
_BEFORE = re.compile(
    rf"(?:(?<![\w-])(?:{_MANAGE})|{_VARIABLE})[\"']?{_SEPARATOR}"
    rf"(?:[\"']?--?[\w-]+(?:=[^\s\"',]+)?[\"']?{_SEPARATOR})*[\"']?$",
    re.I,
)
# What `_BEFORE` matches has one of these.
_PROGRAM = re.compile(r"manage|django", re.I)
_ANSIBLE = re.compile(r"\bcommand\s*[=:]\s*[\"']?$")
_BLANKS = re.compile(r"(?:[ \t]|\\\r?\n)+")
_WORD = re.compile(
    r"(?:\$\([^)\r\n]{0,300}\)|\$\{[^}\r\n]{0,300}\}|\{\{.{0,300}?\}\}|\{[^}\r\n]{0,300}\}|%\(\w+\)s"
    r"|[^\s;&|<>()\"'`\\,])+"
)
_REDIRECTION = re.compile(r"\d*[<>]")
_LISTED = re.compile(r"\s*,\s*([\"'])(.*?)\1")
_LIST_END = re.compile(r"\s*,?\s*[\])]")
_CONTINUED = re.compile(r"\\(?:\r\n|\r|\n)\Z")
_LONGEST_PREFIX = 300
_MOST_WORDS = 50
_LONGEST_WORD = 10_000
UNSEEN = re.compile(r"[$`%{}*@]")
"""Characters that make a word stand for others, which cannot be determined."""


@dataclass(frozen=True)
class Word:
    """One argument, and where it stands."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Mention:
    """One place where the name of a command stands.

    Args:
        start: first character of the name.
        end: one past the last.
        is_command: whether it is called there.
        arguments: what it is given, options aside.
        options: the options that not every management command knows.
        is_seen: whether all its arguments stand there; some may be held by variables.
    """

    start: int
    end: int
    is_command: bool
    arguments: tuple[Word, ...] = ()
    options: tuple[str, ...] = ()
    is_seen: bool = True


def mentions(text: str, command: str) -> Iterator[Mention]:
    """The places where ``command`` is called or mentioned, without names of files such as ``command.log``."""
    is_ansible = "django_manage" in text
    for match in re.finditer(rf"(?<![\w./-]){re.escape(command)}(?![\w/-]|\.\w)", text):
        prefix = _logical_prefix(text, match.start())
        is_command = _PROGRAM.search(prefix) is not None and _BEFORE.search(prefix) is not None
        if not is_command and is_ansible and _ANSIBLE.search(prefix):
            is_command = True
        if not is_command:
            yield Mention(match.start(), match.end(), False)
            continue
        words, is_seen = _following(text, match.start(), match.end(), prefix)
        yield called_with(match.start(), match.end(), words, is_seen)


def called_with(start: int, end: int, words: list[Word], is_seen: bool) -> Mention:
    """The call of a command that is given ``words``."""
    arguments: list[Word] = []
    options: list[str] = []
    takes_value = False
    for word in words:
        option = word.text.partition("=")[0]
        if takes_value:
            takes_value = False
        elif option in _WITH_VALUE:
            takes_value = "=" not in word.text
        elif option in _FLAGS or re.fullmatch(r"-v\d", word.text):
            continue
        elif word.text.startswith("-"):
            options.append(option)
        elif UNSEEN.search(word.text):
            is_seen = False
        else:
            arguments.append(word)
    return Mention(start, end, True, tuple(arguments), tuple(options), is_seen)


def _logical_prefix(text: str, offset: int) -> str:
    """What stands before ``offset`` on its line, lines continued with a backslash taken as one."""
    start = line_start(text, offset)
    while start > 1 and offset - start < _LONGEST_PREFIX and _CONTINUED.search(text, max(0, start - 3), start):
        start = line_start(text, start - 1 - (text[start - 2 : start] == "\r\n"))
    return text[max(start, offset - _LONGEST_PREFIX) : offset]


def _following(text: str, start: int, end: int, prefix: str) -> tuple[list[Word], bool]:
    """The words after a command, and whether that is all of them."""
    quote = prefix[-1:] if prefix[-1:] in {'"', "'"} else ""
    if quote and text[end : end + 1] == quote:
        if _LISTED.match(text, end + 1) or _LIST_END.match(text, end + 1):
            return _listed(text, end + 1)
        if text[end + 1 : end + 2] == ",":
            return [], False
        end += 1
        prefix = prefix[:-1]
    return _spoken(text, end, prefix)


def _listed(text: str, position: int) -> tuple[list[Word], bool]:
    """The strings up to the end of a list such as ``["manage.py", "command", "argument"]``."""
    words: list[Word] = []
    while len(words) < _MOST_WORDS and (match := _LISTED.match(text, position)):
        words.append(Word(match.start(2), match.end(2), match.group(2)))
        position = match.end()
    return words, _LIST_END.match(text, position) is not None


def _spoken(text: str, position: int, prefix: str) -> tuple[list[Word], bool]:
    """The words up to the end of a shell command."""
    words: list[Word] = []
    while (blanks := _BLANKS.match(text, position)) is not None:
        if len(words) == _MOST_WORDS:
            return words, False
        position = blanks.end()
        if _REDIRECTION.match(text, position) or text[position : position + 1] in {"", "#"}:
            break
        quote = text[position]
        if quote in "\"'`":
            closing = text.find(quote, position + 1, position + _LONGEST_WORD)
            if prefix.count(quote) % 2 or closing < 0:
                break
            if quote == "`":
                return words, False
            words.append(Word(position + 1, closing, text[position + 1 : closing]))
            position = closing + 1
            continue
        word = _WORD.match(text, position)
        if word is None:
            break
        words.append(Word(word.start(), word.end(), word.group()))
        position = word.end()
    return words, True
