"""Python 2 source is translated so that `ast` sees it, and every expression is found again."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ik_migrate.source.python2.translation import NotPython, check_python2, is_python2, translate

ROOT = Path(__file__).parents[2]
NEWLINE = re.compile(r"\r\n|\r|\n")

# id: (Python 2 source, all calls in it as they stand there, without `print`, `exec` and `repr`)
CASES = {
    "print": ("print\n", []),
    "print-value": ("print f(x)\n", ["f(x)"]),
    "print-comma": ("print f(x),\n", ["f(x)"]),
    "print-no-space": ("print'%s'%f(x)\n", ["f(x)"]),
    "print-to": ("print >>f(), g(x), y\n", ["f()", "g(x)"]),
    "print-to-only": ("print>>f()\n", ["f()"]),
    "print-to-comma": ("print >> f, g(x),\n", ["g(x)"]),
    "print-format": ('print "a %s" % (f(b))\n', ["f(b)"]),
    "print-bracket-first": ('print ("a"), f(b)\n', ["f(b)"]),
    "print-tuple": ("print (f(a), b)\nprint x\n", ["f(a)"]),
    "print-sign": ("print -f(a)\nprint x\n", ["f(a)"]),
    "print-lines": ("print f(a,\n    b), (\n    c)  # why\n", ["f(a,\n    b)"]),
    "print-backslash": ("print \\\n    f(a), \\\n    b\n", ["f(a)"]),
    "print-semicolon": ("a = 1; print f(a); print;print g(b),;\n", ["f(a)", "g(b)"]),
    "print-suite": ("if x: print f(y)\nelse: print\n", ["f(y)"]),
    "print-comment": ("print f(a) # g(b)\n", ["f(a)"]),
    "except": ("try:\n    f(a)\nexcept E(), e:\n    g(e)\n", ["f(a)", "E()", "g(e)"]),
    "except-tuple": ("try: pass\nexcept (A, b(B)),e: print e\n", ["b(B)"]),
    "except-target-tuple": ("try: pass\nexcept E, (number, text): f(text)\n", ["f(text)"]),
    "except-as-tuple": ("try: pass\nexcept E as (number, [text]): f(text)\n", ["f(text)"]),
    "except-target-attribute": ("try: pass\nexcept E, self.e: f(self.e)\n", ["f(self.e)"]),
    "except-backslash": ("try: pass\nexcept E \\\n, \\\n e: f(e)\n", ["f(e)"]),
    "raise": ('raise E, f("m")\n', ['f("m")']),
    "raise-traceback": ("raise E, E(m), tb(x)[2]\n", ["E(m)", "tb(x)"]),
    "raise-lines": ("raise E, (\n  f(m)), \\\n  None\n", ["f(m)"]),
    "raise-plain": ("try: print\nexcept E: raise\nexcept: raise f(x)\n", ["f(x)"]),
    "exec": ("exec f(code)\n", ["f(code)"]),
    "exec-in": ("exec f(code) in g(ns)\n", ["f(code)", "g(ns)"]),
    "exec-in-two": ("exec'a = 1'in ns, g(ns2)\n", ["g(ns2)"]),
    "exec-suite": ("if x: exec f(y) in {}; print x\n", ["f(y)"]),
    "unequal": ("x = a<>f(b) <> -c\n", ["f(b)"]),
    "backquote": ("x = `f(a)` + `b, c`\n", ["f(a)"]),
    "backquote-nested": ("x = `g(`f(a)`) + ``b``, 1`\n", ["g(`f(a)`)", "f(a)"]),
    "long": ("x = f(30L, 0xFFL, 0L, 0777L, 5l)\n", ["f(30L, 0xFFL, 0L, 0777L, 5l)"]),
    "octal": ("os.chmod(p, 0755), 00, 0644, 00.5, 07j\n", ["os.chmod(p, 0755)"]),
    "number-before-name": ("x = 0xFLand 30Lif f(07)else 1\n", ["f(07)"]),
    "long-attribute": ("x = 7L.bit_length()\n", ["7L.bit_length()"]),
    "string-prefix": (
        "x = f(ur'\\d', UR\"a\", bR'b', uR'''\n''', U'', b'')\n",
        ["f(ur'\\d', UR\"a\", bR'b', uR'''\n''', U'', b'')"],
    ),
    "string-bytes": ("x = f(b'é', b'a' 'b', b'a' b'é')\n", ["f(b'é', b'a' 'b', b'a' b'é')"]),
    "string-escape": (
        "x = f('C:\\Users\\N\\u12', 'a' u'\\u1234')\n",
        ["f('C:\\Users\\N\\u12', 'a' u'\\u1234')"],
    ),
    "string-lines": ("x = '''\n\\Users '\t''' + f('a\\\nb\\U')\n", ["f('a\\\nb\\U')"]),
    "non-ascii": ("# é 図\nprint u'図', f('é'), f(x)\n", ["f('é')", "f(x)"]),
    "tuple-parameter": ("def f(a, (b, c)=g(1, 2)): h(b)\n", ["g(1, 2)", "h(b)"]),
    "tuple-parameter-deep": (
        "def f(x=0, ((b), (c, (d,)),)=g(1), *e): h(d)\n",
        ["g(1)", "h(d)"],
    ),
    "tuple-parameter-lines": ("def f((a, # why\n  b)): g(b)\n", ["g(b)"]),
    "lambda-tuple": ("x = sorted(y, key=lambda (a, b): f(b))\n", None),
    "lambda-plain": ("print lambda: f(a), lambda *b: 1, lambda c: 2\n", ["f(a)"]),
    "lambda-tuple-alone": ("x = lambda (a,\n  b): f(a)\n", ["f(a)"]),
    "lambda-tuple-default": ("x = lambda a, (b, c)=f(1): c, 2\n", ["f(1)"]),
    "list-over-tuple": ("x = [f(x) for x in 1, g(2), 3 if x]\n", ["f(x)", "g(2)"]),
    "list-over-lambda": ("x = [f(x) for x in lambda: 1, lambda: g(2) if x()]\n", None),
    "list-if-lambda": ("x = [y for y in z if lambda: f(y)]\n", ["f(y)"]),
    "async": ("async = foo.async(await=nonlocal)\n", ["foo.async(await=nonlocal)"]),
    "async-parameter": ("def f(async=True, *await): async(await)\n", ["async(await)"]),
    "async-import": ("import a.async as b\nfrom await import async\nglobal await\n", []),
    "async-function": ("def async():\n    pass\nclass await: pass\n", []),
    "true": ("True, (False) = f(1), 0\nprint True\n", ["f(1)"]),
    "true-everywhere": (
        "for True in f(False=x.True): del False, x\ndef True(False): x.None\n",
        ["f(False=x.True)"],
    ),
    "tabs": ("if x:\n\tf(1)\n        f(2)\n\tif y:\n\t    f(3)\n", ["f(1)", "f(2)", "f(3)"]),
    "tabs-dedent": ("if x:\n  if y:\n\tf(1)\n  f(2)\n", ["f(1)", "f(2)"]),
    "tabs-comment": ("if x:\n\tf(1)\n # g(1)\n\t\n        f(2)\n", ["f(1)", "f(2)"]),
    "form-feed": ("\x0cprint f(1)\n\x0c\nif x:\n  \x0c  f(2)\n", ["f(1)", "f(2)"]),
    "backslash-first": ("\\\n  print f(1)\nif x:\n  \\\n\\\n g(2)\n", ["f(1)", "g(2)"]),
    "displays": ("print {f(a): b for a in c}, {a for a in g(b)}\n", ["f(a)", "g(b)"]),
    "generator-argument": ("f(x for x in y,); print g(z for z in y, *w)\n", None),
    "argument-in-brackets": ("print f((a)=g(1))\n", ["f((a)=g(1))", "g(1)"]),
    "arguments": ("print f(*args, x=g(1), **kw)\n", ["f(*args, x=g(1), **kw)", "g(1)"]),
    "ellipsis": ("x[. . ., f(1)]; x[...]\n", ["f(1)"]),
    "star-import": ("def f():\n    from x import *\n    print g(1)\n", ["g(1)"]),
    "yield": ("def f():\n    x = yield g(1)\n    print (yield), 1\n", ["g(1)"]),
    "decorator": ("@a.b(f(1))\n@c\nclass D(E, g(2)): print 1\n", ["a.b(f(1))", "f(1)", "g(2)"]),
    "with": ("with f(a) as (b, c), g(d): print b\n", ["f(a)", "g(d)"]),
    "not-closed-line": ("print f(a)", ["f(a)"]),
    "comment-last": ("if x:\n    print f(a)\n    # end", ["f(a)"]),
    "semicolons": ("f(a);print 1;\n", ["f(a)"]),
}
FUTURE_CASES = {
    "print-function": (
        "from __future__ import with_statement, print_function\nprint(f(a), file=b)\nc = 30L\n",
        ["f(a)"],
    ),
    "print-name": ("from __future__ import (print_function)\nx = print; x.print(0777)\n", None),
    "unicode-literals": ("from __future__ import unicode_literals\nx = f('\\u1234', 1L)\n", None),
}
ALL_CASES = CASES | FUTURE_CASES
MADE_UP = re.compile(r"print\b|exec\b|`")


def _offsets(text: str, node: ast.expr | ast.arg) -> tuple[int, int]:
    """Start and end of a node in the text that was parsed."""
    starts = [0, *(match.end() for match in NEWLINE.finditer(text))]

    def offset(line: int, column: int) -> int:
        start = starts[line - 1]
        return start + len(text[start:].encode()[:column].decode())

    return (
        offset(node.lineno, node.col_offset),
        offset(node.end_lineno or 0, node.end_col_offset or 0),
    )


def _parse(source: str) -> tuple[list[tuple[ast.expr | ast.arg, str]], str]:
    """Every expression and parameter with the original text that belongs to it."""
    translation = translate(source)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(translation.text)
    assert len(NEWLINE.split(translation.text)) == len(NEWLINE.split(source))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.expr | ast.arg):
            start, end = _offsets(translation.text, node)
            start = translation.original_offset(start)
            found.append((node, source[start : translation.original_offset(end, end=True)]))
    return found, translation.text


def _calls(source: str) -> list[str]:
    calls = (text for node, text in _parse(source)[0] if isinstance(node, ast.Call))
    return [text for text in calls if not MADE_UP.match(text)]


def _check_names(source: str) -> None:
    for node, text in _parse(source)[0]:
        if isinstance(node, ast.Name) and node.id != "repr":
            assert node.id in (text, text + "_")
        elif isinstance(node, ast.arg):
            assert node.arg in (text, text + "_")
        elif isinstance(node, ast.Attribute):
            assert text.endswith((node.attr, node.attr[:-1]))


@pytest.mark.parametrize(("source", "calls"), ALL_CASES.values(), ids=ALL_CASES.keys())
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_expressions_are_found_in_the_original(source, calls, newline):
    source = source.replace("\n", newline)
    check_python2(source)
    _check_names(source)
    if calls is not None:
        assert sorted(_calls(source)) == sorted(call.replace("\n", newline) for call in calls)


@pytest.mark.parametrize(
    ("source", "translated"),
    [
        ("print; x <> 1", "print(); x != 1"),
        ("print x,", "print (x,)"),
        ("print >>f, x; print; y <> 1", "print (f, x); print(); y != 1"),
        ("raise E, m, t", "raise (E, m, t)"),
        ("exec a in b, c", "exec (a , b, c)"),
        ("`a, b`", "repr((a, b))"),
        ("try: pass\nexcept E, e: pass", "try: pass\nexcept E as  e: pass"),
        (
            "try: pass\nexcept E, (a, b.c): pass",
            "try: pass\nexcept (E, ((a:=0), b.c)): pass",
        ),
        ("def f(a, (b, c)=x): 0L", "def f(a, b=0, c=x): 0"),
        ("lambda (a, (b,)): 07", "(lambda a, b: 0o7)"),
        ("[x for x in 1, 2]", "[x for x in (1, 2)]"),
        ("async = async_ = 1", "async__ = async_ = 1"),
        ("if x:\n\ty\n        z", "if x:\n        y\n        z"),
        ("if x:\n\ty\n\tz <> 1", "if x:\n\ty\n\tz != 1"),
        ("\\\n\\\n\tprint 1", "\n\nprint (1)"),
        ("b'é' ur'x'", "'é' r'x'"),
        ("'\\N' '\\\\N' r'\\N' <> u'\\u1234'", "'\\\\N' '\\\\N' r'\\N' != u'\\u1234'"),
    ],
)
def test_translation(source, translated):
    assert translate(source).text == translated


@pytest.mark.parametrize(
    "source",
    ["", "\n", "# only\n", "print(1, file=f)\n", "async def f(): await x\n", "x: int = f'{y}'\r\n"],
)
def test_python3_is_left_alone(source):
    translation = translate(source)
    assert translation.text == source
    assert translation.original_offset(len(source)) == len(source)


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        ("print x\nx = = 1\n", 2, 5),
        ("x = = 1\nprint x\n", 1, 5),
        ("print 'abc\n", 1, 7),
        ('print """abc\n\n', 1, 7),
        ("print 08\n", 1, 7),
        ("print x\ny = é\n", 2, 5),
        ("print x?\n", 1, 8),
        ("print x\nif y:\n    1\n  2\n", 4, 3),
        ("print x\n  y\n", 2, 3),
        ("print x\nif y:\n", 3, 1),
        ("print (x\n", 2, 1),
        ("print x, f() = 1\n", 1, 14),
        ("print x\nasync def f(): pass\n", 2, 7),
        ("print x\ny = f'{z}'\n", 2, 6),
        ("print `x`; f(x) = 1\n", 1, 12),
        ("print x \x00\n", 1, 9),
        ("print x \\ \n", 1, 10),
        ("from __future__ import print_function\nprint x\n", 2, 7),
        ("print '\ud800'\n", 1, 1),
    ],
)
def test_error_has_a_place(source, line, column):
    with pytest.raises(NotPython) as caught:
        translate(source)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.reason
    assert str(caught.value) == f"line {line}, column {column}: {caught.value.reason}"
    assert not is_python2(source)


@pytest.mark.parametrize(
    "source",
    [
        "async def f(): pass\n",
        "x: int\n",
        "f'{x}'\n",
        "nonlocal x\n",
        "print(1, file=f)\n",
        "é = 1\n",
    ],
)
def test_python3_is_not_python2(source):
    translate(source)
    assert not is_python2(source)


def test_what_both_understand_is_python2():
    assert is_python2("from imagekit import x\nx(a=1)\n")


@pytest.mark.parametrize(
    "source",
    [
        "print " + "(" * 5000 + "1" + ")" * 5000,
        "x = " + "-" * 50_000 + "1\nprint x",
        "(" * 3000 + "a" + ")" * 3000 + " = 1; print a",
        "def f(" + "(" * 3000 + "a" + ")" * 3000 + "=1): print a",
    ],
    ids=["brackets", "signs", "target", "parameter"],
)
def test_deep_nesting_is_refused_or_translated(source):
    try:
        assert "print" in translate(source).text
    except NotPython as error:
        assert error.reason


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("'C:\\Users' <> 1", "C:\\Users"),
        ("'\\\\Users\\\nx' <> 1", "\\Usersx"),
        ("u'\\u00e9' <> 1", "é"),
        ("b'\\xff' <> 1", b"\xff"),
        ("from __future__ import unicode_literals\n'\\u00e9' <> 1", "é"),
        ("0755 <> 1", 0o755),
        ("0xFFL <> 1", 255),
    ],
)
def test_constants_keep_their_value(source, value):
    constants = [node.value for node, _ in _parse(source)[0] if isinstance(node, ast.Constant)]
    assert value in constants


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(a, (b, (c, d))=x, *e): print", "abcde"),
        ("lambda (a, b)=x, (c)=y, **d: 0L", "abcd"),
    ],
)
def test_tuple_parameters_stay_bound(source, names):
    bound = [text for node, text in _parse(source)[0] if isinstance(node, ast.arg)]
    assert sorted(bound) == list(names)


def test_except_target_stays_bound():
    found, _ = _parse("try: x\nexcept E, (a, [b, c.d]): pass\n")
    bound = {text for node, text in found if isinstance(node, ast.Name) and _is_bound(node)}
    assert bound == {"a", "b"}


def _is_bound(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


@pytest.mark.parametrize("text", ["30L", "0755", "0xFFL", "ur'a'", "b'é'", "'\\Users'"])
def test_constant_is_found_whole(text):
    found, _ = _parse(f"x = [{text}, {text}]; print x\n")
    assert [text_ for node, text_ in found if isinstance(node, ast.Constant)] == [text, text]


# The same column in Python 2, by level.
INDENTS = [
    ["", "\x0c"],
    ["    ", "\x0c    "],
    ["\t", " " * 8, "    \t"],
    [" " * 16, "\t\t", "\t" + " " * 8],
]
# Samples that keep their meaning when all their lines move to the right.
MOVABLE = [
    name
    for name, (source, calls) in CASES.items()
    if calls is not None and not re.search(r"\n[ \t\x0c]|\\\n|'''|^[\\\x0c]|# end", source)
]


@st.composite
def _programs(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A program of nested blocks, each indented in its own way, and the calls in it."""
    lines: list[str] = []
    calls: list[str] = []

    def block(depth: int) -> Iterator[str]:
        for _ in range(draw(st.integers(1, 3))):
            name = draw(st.sampled_from(MOVABLE))
            indent = draw(st.sampled_from(INDENTS[depth]))
            source, expected = CASES[name]
            calls.extend(expected or [])
            yield from (indent + line for line in source.rstrip("\n").split("\n"))
            if depth + 1 < len(INDENTS) and draw(st.booleans()):
                yield f"{draw(st.sampled_from(INDENTS[depth]))}if x:"
                yield from block(depth + 1)

    lines.extend(block(0))
    newline = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    return newline.join(lines) + draw(st.sampled_from(["", newline])), calls


@settings(deadline=None)
@given(_programs())
def test_any_mixture(program):
    source, calls = program
    check_python2(source)
    _check_names(source)
    assert sorted(_calls(source)) == sorted(calls)


def test_nothing_is_written_or_printed(tmp_path):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from ik_migrate.source.python2.translation import translate\n"
        "assert 'fissix' not in sys.modules\n"
        "translate('print(1)')\n"
        "assert 'fissix' not in sys.modules\n"
        "translate('print 1, \\'\\\\d\\'')\n"
    )
    home = tmp_path / "home"
    home.mkdir()
    environment = os.environ | {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home),
        "LOCALAPPDATA": str(home),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-W", "error", "-c", code, str(ROOT)]
    run = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert list(home.iterdir()) == []


def _python2() -> str | None:
    """A Python 2.7 that runs; a version manager's stand-in for one that is off does not count."""
    command = os.environ.get("IK_MIGRATE_PYTHON2") or shutil.which("python2.7")
    if not command:
        return None
    run = subprocess.run([command, "-V"], capture_output=True, text=True, check=False)
    return command if run.returncode == 0 and "Python 2.7" in run.stderr + run.stdout else None


def test_samples_are_python2():
    python2 = _python2()
    if python2 is None:
        pytest.skip("no Python 2.7: none on PATH, and IK_MIGRATE_PYTHON2 does not name one")
    code = (
        "import json, sys\n"
        "for name, text in json.load(sys.stdin):\n"
        "    try: compile('# coding: utf-8\\n' + text.encode('utf-8'), name, 'exec', 0, True)\n"
        "    except Exception as error: print name, error\n"
    )
    samples = [(name, source) for name, (source, _) in ALL_CASES.items()]
    run = subprocess.run([python2, "-c", code], input=json.dumps(samples), capture_output=True, text=True, check=True)
    assert run.stdout == ""
