"""Parses the tokens of Python 2 source by the grammar of Python 2.7.

The engine is fissix' `pgen2`. The grammar is our own: the one that comes with fissix takes a
mixture of Python 2 and 3, and to load it writes a cache file.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from ik_migrate.source.python2.tokens import NotPython, Token, position

__all__ = ["Node", "Tree", "Visit", "parse"]

# Same language as Python 2.7, in a shape that suits the purpose: operators that need no
# translation share one level, which saves half of the parser's time, and `binding` marks the
# names that Python 3 might not let a program bind.
GRAMMAR: Final = """\
file_input: (NEWLINE | stmt)* ENDMARKER
stmt: simple_stmt | compound_stmt
simple_stmt: small_stmt (';' small_stmt)* [';'] NEWLINE
small_stmt: (expr_stmt | print_stmt | exec_stmt | raise_stmt | return_stmt | yield_expr | del_stmt |
    import_name | import_from | global_stmt | assert_stmt | 'pass' | 'break' | 'continue')
expr_stmt: testlist (augassign (yield_expr | testlist) | ('=' (yield_expr | testlist))*)
augassign: '+=' | '-=' | '*=' | '/=' | '//=' | '%=' | '&=' | '|=' | '^=' | '<<=' | '>>=' | '**='
print_stmt: 'print' ([test (',' test)* [',']] | '>>' test [(',' test)+ [',']])
exec_stmt: 'exec' expr ['in' test [',' test]]
raise_stmt: 'raise' [test [',' test [',' test]]]
return_stmt: 'return' [testlist]
del_stmt: 'del' exprlist
assert_stmt: 'assert' test [',' test]
global_stmt: 'global' binding (',' binding)*
import_name: 'import' dotted_as_name (',' dotted_as_name)*
import_from: ('from' ('.'* dotted_name | '.'+)
    'import' ('*' | '(' import_as_names ')' | import_as_names))
import_as_names: import_as_name (',' import_as_name)* [',']
import_as_name: binding ['as' binding]
dotted_as_name: dotted_name ['as' binding]
dotted_name: binding ('.' binding)*

compound_stmt: (if_stmt | while_stmt | for_stmt | try_stmt | with_stmt | decorators |
    funcdef | classdef)
suite: simple_stmt | NEWLINE INDENT stmt+ DEDENT
if_stmt: 'if' test ':' suite ('elif' test ':' suite)* ['else' ':' suite]
while_stmt: 'while' test ':' suite ['else' ':' suite]
for_stmt: 'for' exprlist 'in' testlist ':' suite ['else' ':' suite]
try_stmt: 'try' ':' suite ((except_clause ':' suite)+ ['else' ':' suite] ['finally' ':' suite]
    | 'finally' ':' suite)
except_clause: 'except' [test [('as' | ',') test]]
with_stmt: 'with' with_item (',' with_item)* ':' suite
with_item: test ['as' expr]
decorators: ('@' dotted_name ['(' [arglist] ')'] NEWLINE)+ (funcdef | classdef)
funcdef: 'def' binding '(' [params] ')' ':' suite
classdef: 'class' binding ['(' [testlist] ')'] ':' suite
params: ((fpdef ['=' test] ',')* ('*' binding [',' '**' binding] | '**' binding)
    | fpdef ['=' test] (',' fpdef ['=' test])* [','])
fpdef: binding | '(' fplist ')'
fplist: fpdef (',' fpdef)* [',']

testlist: test (',' test)* [',']
exprlist: expr (',' expr)* [',']
testlist_safe: old_test [(',' old_test)+ [',']]
old_test: or_test | old_lambda
old_lambda: 'lambda' [params] ':' old_test
test: or_test ['if' or_test 'else' test] | lambda
lambda: 'lambda' [params] ':' test
or_test: not_test (('and' | 'or') not_test)*
not_test: 'not' not_test | comparison
comparison: expr (comp_op expr)*
comp_op: '<' | '>' | '==' | '>=' | '<=' | '<>' | 'in' | 'not' 'in' | 'is' | 'is' 'not'
expr: factor (('|' | '^' | '&' | '<<' | '>>' | '+' | '-' | '*' | '/' | '%' | '//') factor)*
factor: ('+' | '-' | '~') factor | power
power: atom trailer* ['**' factor]
atom: ('(' [yield_expr | display] ')' | '[' [listmaker] ']' | '{' [dictorset] '}' | backquoted |
    strings | NAME | NUMBER)
backquoted: '`' test (',' test)* '`'
strings: STRING+
display: test (comp_for | (',' test)* [','])
listmaker: test (list_for | (',' test)* [','])
dictorset: test (':' test (comp_for | (',' test ':' test)* [',']) | comp_for | (',' test)* [','])
trailer: '(' [arglist] ')' | '[' subscript (',' subscript)* [','] ']' | '.' binding
subscript: ellipsis | test | [test] ':' [test] [':' [test]]
ellipsis: '.' '.' '.'
arglist: (argument ',')* (argument [','] | '*' test (',' argument)* [',' '**' test] | '**' test)
argument: test [comp_for | '=' test]
list_for: 'for' exprlist 'in' testlist_safe [list_for | list_if]
list_if: 'if' old_test [list_for | list_if]
comp_for: 'for' exprlist 'in' or_test [comp_for | comp_if]
comp_if: 'if' old_test [comp_for | comp_if]
yield_expr: 'yield' [testlist]
binding: NAME
"""


# Tokens that the tree has no use for, and what they are called.
_LAYOUT: Final = {
    "NEWLINE": "end of line",
    "INDENT": "indentation",
    "DEDENT": "end of block",
    "ENDMARKER": "end of file",
}


class Node:
    """A piece of the syntax tree: the name of a grammar rule, and what stands in it."""

    __slots__ = ("children", "first", "last", "rule")

    def __init__(self, rule: str, children: list[Tree]) -> None:
        self.rule = rule
        self.children = children
        self.first: Token = children[0].first
        self.last: Token = children[-1].last

    def tokens(self) -> Iterator[Token]:
        """All tokens in it, in the order of the text."""
        for child in self.children:
            if isinstance(child, Token):
                yield child
            else:
                yield from child.tokens()


Tree = Node | Token
Visit = Callable[[Node], None]


def parse(text: str, tokens: list[Token], visits: Mapping[str, Visit], *, print_statement: bool) -> None:
    """Check tokens against the Python 2 grammar.

    `text` is where the tokens come from. `visits` says what to call for which grammar rule, with
    the finished node, inner nodes first. A node with a single child is the child, except in calls
    of `visits`. `print_statement` is False where `from __future__ import print_function` rules.

    Raises NotPython.
    """
    # fissix is needed for few files; loading it takes longer than to parse most of them.
    from fissix.pgen2.parse import ParseError, Parser

    grammar = _grammar(print_statement)
    kinds = _kinds()
    parser = Parser(grammar, _builder(grammar, visits))
    parser.setup()
    try:
        for token in tokens:
            if token.kind != "LEAD":
                kind = kinds[token.text if token.kind == "OP" else token.kind]
                parser.addtoken(kind, token.text, token)
    except ParseError as error:
        token = error.context
        found = _LAYOUT.get(token.kind) or repr(token.text)
        raise NotPython(f"unexpected {found}", *position(text, token.start)) from None


def _builder(
    grammar: Any, visits: Mapping[str, Visit]
) -> Callable[[Any, tuple[int, str | None, Token, list[Tree] | None]], Tree | None]:
    """What fissix calls for each token and each finished rule."""
    by_number = {grammar.symbol2number[rule]: visit for rule, visit in visits.items()}
    rules = grammar.number2symbol
    # nothing looks back at a finished statement: drop it
    dropped = {grammar.symbol2number["stmt"], grammar.symbol2number["file_input"]}

    def build(_grammar: Any, raw: tuple[int, str | None, Token, list[Tree] | None]) -> Tree | None:
        number, _value, token, children = raw
        if children is None:
            return None if token.kind in _LAYOUT else token
        if number in dropped or not children:
            return None
        visit = by_number.get(number)
        if visit is not None:
            visit(Node(rules[number], children))
        return children[0] if len(children) == 1 else Node(rules[number], children)

    return build


@cache
def _grammar(print_statement: bool) -> Any:
    """The parser tables; made in memory, so that nothing is written anywhere."""
    if not print_statement:
        grammar = _grammar(True).copy()
        del grammar.keywords["print"]
        return grammar
    from fissix.pgen2.pgen import ParserGenerator

    return ParserGenerator("Python 2", io.StringIO(GRAMMAR)).make_grammar()


@cache
def _kinds() -> dict[str, int]:
    """From the kind of a token, or the text of an operator, to fissix' number for it."""
    from fissix.pgen2 import grammar, token

    named = ("NAME", "NUMBER", "STRING", *_LAYOUT)
    return {**grammar.opmap, **{name: getattr(token, name) for name in named}}
