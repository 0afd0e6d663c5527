"""``IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND`` becomes two settings; one where ImageKit's default backend does."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from ik_migrate.codegen.masked_call import MaskedCall
from ik_migrate.imagekit.cache_backends import (
    BACKEND_SETTING,
    BACKENDS,
    OWN,
    SETTING,
    STRATEGIES,
    STRATEGY_SETTING,
    SUCCESSORS,
    BackendSetting,
    Successor,
    backend_settings,
    is_of_project,
    successor_of_setting,
    why_setting_stays,
)
from ik_migrate.model.imagekit_names import canonical
from ik_migrate.rules import (
    Applicability,
    Change,
    Edit,
    Finding,
    Module,
    NeedSupport,
    Rule,
    checks_module,
    make_finding,
    need_support,
    support_of,
)

RULE = Rule(
    code="IK402",
    name="image-cache-backend-setting",
    summary="`IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND` was replaced by two settings",
    applicability=(Applicability.SAFE, Applicability.UNSAFE, Applicability.MANUAL),
    why=(
        "ImageKit 3 ignores this setting without an error and uses its defaults. What was one backend is now a cache"
        " file backend and a strategy."
    ),
    help=f"Set {BACKEND_SETTING} and {STRATEGY_SETTING}.",
    source="imagekit/conf.py and imagekit/imagecache/__init__.py of 2.0.4; imagekit/conf.py of 3.0.4 to 6.1.1",
    before="""\
IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND = 'imagekit.imagecache.NonValidatingImageCacheBackend'
""",
    after="""\
IMAGEKIT_DEFAULT_CACHEFILE_STRATEGY = 'imagekit.cachefiles.strategies.Optimistic'
""",
    path="settings.py",
)

_NO_EFFECT_YET = (
    "ImageKit 3 does not read this setting, and the code around is ImageKit 3's already. Where the site runs on"
    " ImageKit 3, the setting has had no effect so far, and its two successors would have one."
)
_AT_RUN_TIME = (
    "ImageKit 3 does not read this setting. It stays, since only the running site can tell the backend, and the"
    " strategy of the support module goes by it."
)
_SET_OR_DELETE = (
    f"Delete it where the site runs well on ImageKit 3 without it; set {BACKEND_SETTING} and {STRATEGY_SETTING} where"
    " the site still runs on ImageKit 2."
)
_IK3_SETTINGS = (
    "IMAGEKIT_CACHEFILE_DIR",
    "IMAGEKIT_CACHEFILE_NAMER",
    "IMAGEKIT_SPEC_CACHEFILE_NAMER",
    "IMAGEKIT_CACHE_BACKEND",
    "IMAGEKIT_CACHE_PREFIX",
    "IMAGEKIT_CACHE_TIMEOUT",
    "IMAGEKIT_DEFAULT_FILE_STORAGE",
    "IMAGEKIT_USE_MEMCACHED_SAFE_CACHE_KEY",
)
"""Settings that ImageKit 2 does not have, apart from the two successors."""


_BACKEND = "StorageBackend"
_DECIDES = "strategy_of_setting"
"""What the support module has for a setting that only the running site can tell: it reads that when it is asked."""


@checks_module(RULE)
def check_module(module: Module) -> Iterator[Finding]:
    """Rewrite the setting where it gets a literal value; report every other mention."""
    if SETTING not in module.text.source.text or f".{_DECIDES}" in module.text.source.text:
        return
    has_new = any(name in module.text.source.text for name in (BACKEND_SETTING, STRATEGY_SETTING))
    seen: set[ast.AST] = set()
    for setting in backend_settings(module):
        seen |= {setting.name, *ast.walk(setting.name)}
        yield _setting(module, setting, has_new)
    for node in module.text.nodes_of(ast.Name, ast.Attribute, ast.Constant, ast.keyword):
        if node in seen:
            continue
        if (
            (isinstance(node, ast.Name) and node.id == SETTING)
            or (isinstance(node, ast.Attribute) and node.attr == SETTING)
            or (isinstance(node, ast.Constant) and node.value == SETTING)
        ):
            yield make_finding(
                RULE,
                module,
                node,
                f"`{SETTING}` is used here",
                Applicability.MANUAL,
                help=f"Use {BACKEND_SETTING} and {STRATEGY_SETTING} in its place.",
            )


def _setting(module: Module, setting: BackendSetting, has_new: bool) -> Finding:
    if has_new:
        why = f"The settings of ImageKit 3 are in this file too, and only they count. {RULE.why}"
        message = f"{SETTING} stands beside its successors"
        todo = "Check that they say what this one said, and delete it."
        return make_finding(RULE, module, setting.name, message, Applicability.MANUAL, why=why, help=todo)
    successor = successor_of_setting(module, setting)
    if successor is None and (not setting.path or is_of_project(module, setting.path)):
        return _made_at_run_time(module, setting)
    if successor is None:
        shown = module.text.text_of(setting.value)
        return make_finding(
            RULE,
            module,
            setting.name,
            f"{SETTING} is {shown}, which does not come with ImageKit",
            Applicability.MANUAL,
            help=(
                f"Turn the backend into a strategy (ik-migrate explain IK403), and name that in {STRATEGY_SETTING},"
                f" with '{BACKENDS}.Simple' in {BACKEND_SETTING}."
            ),
        )
    edits = _edits(module, setting, successor)
    message = f"`{SETTING}` is no longer read"
    if edits is None:
        suggestion = _assignments(module, successor, "'", "\n", setting.path)
        return make_finding(RULE, module, setting.name, message, Applicability.MANUAL, suggestion=suggestion)
    if _may_run_on_ik3(module):
        return make_finding(
            RULE,
            module,
            setting.name,
            message,
            Applicability.UNSAFE,
            why=_NO_EFFECT_YET,
            help=_SET_OR_DELETE,
            changes=edits,
        )
    return make_finding(
        RULE,
        module,
        setting.name,
        message,
        Applicability.SAFE,
        changes=[*edits, *_needs(module, successor)],
    )


def _needs(module: Module, successor: Successor) -> tuple[NeedSupport, ...]:
    return (
        *(need_support(module, _BACKEND) if module.project.faithful else ()),
        *(need_support(module, successor.piece) if _is_of_support(module, successor) else ()),
    )


def _is_of_support(module: Module, successor: Successor) -> bool:
    """Whether the strategy is that of the support module."""
    return bool(successor.piece) and (module.project.faithful or not successor.strategy)


def _may_run_on_ik3(module: Module) -> bool:
    """Whether the setting may be left over in a project that has moved to ImageKit 3."""
    if module.project.has_ik2_code:
        return False
    return module.project.has_ik3_code or any(name in module.text.source.text for name in _IK3_SETTINGS)


def _made_at_run_time(module: Module, setting: BackendSetting) -> Finding:
    """The setting gets no literal, as ``os.environ['BACKEND']``, or the path of a class that the site makes."""
    named = [node.value for node in ast.walk(setting.value) if isinstance(node, ast.Constant)]
    known = [SUCCESSORS[canonical(path)] for path in named if isinstance(path, str) and canonical(path) in SUCCESSORS]
    reading = "names what is known only when the site runs" if setting.path else "is known only when the site runs"
    message = f"{SETTING} {reading}: {module.text.text_of(setting.value)}"
    if (
        not why_setting_stays(module, setting)
        and not isinstance(setting.statement, ast.Call)
        and support_of(module).offers(frozenset({_DECIDES}))
    ):
        return make_finding(
            RULE,
            module,
            setting.name,
            message,
            Applicability.SAFE,
            why=_AT_RUN_TIME,
            help=f"Nothing to do: `{_DECIDES}` of the support module reads it.",
            changes=_decide_at_run_time(module, setting, known),
        )
    return make_finding(
        RULE,
        module,
        setting.name,
        message,
        Applicability.MANUAL,
        help=f"Set {BACKEND_SETTING} and {STRATEGY_SETTING} in its place, each from what it may be.",
        suggestion=_assignments(module, known[-1], "'", "\n") if known else "",
    )


def _decide_at_run_time(module: Module, setting: BackendSetting, known: Collection[Successor]) -> list[Change]:
    """Keep the setting, and have the strategy read it."""
    dotted = support_of(module).dotted
    added = [(STRATEGY_SETTING, f"'{dotted}.{_DECIDES}'")]
    needs = need_support(module, _DECIDES)
    if module.project.faithful:
        added.insert(0, (BACKEND_SETTING, f"'{dotted}.{_BACKEND}'"))
        needs += need_support(module, _BACKEND)
    needs += tuple(need for successor in known for need in need_support(module, successor.piece))
    return [_add_settings(module, setting, added), *needs]


def _add_settings(module: Module, setting: BackendSetting, added: Sequence[tuple[str, str]]) -> Edit:
    """Set more settings as another one is set: in lines below it, or in the same dict."""
    text = module.text
    target = text.text_of(setting.name)
    is_in_dict = isinstance(setting.statement, ast.Dict)
    first = setting.name if is_in_dict else setting.statement
    line_start = text.source.line_starts[text.source.line_of(text.start(first))]
    indent = text.source.text[line_start : text.start(first)]
    newline = f"{text.source.newline}{indent}"
    if not is_in_dict:
        end = _line_end(module, text.end(setting.statement))
        return Edit(
            end, end, ("".join(f"{newline}{target.replace(SETTING, name)} = {value}" for name, value in added),)
        )
    separator = "," + (" " if indent.strip() else newline)
    end = text.end(setting.value)
    return Edit(end, end, ("".join(f"{separator}{target.replace(SETTING, name)}: {value}" for name, value in added),))


def _paths(module: Module, successor: Successor, quote: str, path: str) -> tuple[str, str]:
    """The two settings; a class of the project that becomes a strategy keeps its ``path``."""
    dotted = support_of(module).dotted
    backend = f"{dotted}.{_BACKEND}" if module.project.faithful else f"{BACKENDS}.Simple"
    strategy = path if successor.strategy == OWN else f"{STRATEGIES}.{successor.strategy}"
    if _is_of_support(module, successor):
        strategy = f"{dotted}.{successor.piece}"
    return f"{quote}{backend}{quote}", f"{quote}{strategy}{quote}"


def _needs_backend(module: Module, successor: Successor) -> bool:
    """Whether the backend has to be set: it is not ImageKit's default one, or other settings may name another."""
    return module.project.faithful or not module.project.has_simple_backend


def _assignments(module: Module, successor: Successor, quote: str, separator: str, path: str = "") -> str:
    backend, strategy = _paths(module, successor, quote, path)
    first = f"{BACKEND_SETTING} = {backend}{separator}" if _needs_backend(module, successor) else ""
    return f"{first}{STRATEGY_SETTING} = {strategy}"


def _edits(module: Module, setting: BackendSetting, successor: Successor) -> list[Edit] | None:
    """The new settings in the place of the old one; None where the statement is too odd for that."""
    text = module.text
    quote = '"' if text.text_of(setting.value).endswith('"') else "'"
    backend, strategy = _paths(module, successor, quote, setting.path)
    if why_setting_stays(module, setting):
        return None
    if isinstance(setting.statement, ast.Call):
        return [_in_call(module, setting, backend if _needs_backend(module, successor) else "", strategy)]
    target = text.text_of(setting.name)
    if not _needs_backend(module, successor):
        return [
            Edit(text.start(setting.name), text.end(setting.name), (target.replace(SETTING, STRATEGY_SETTING),)),
            Edit(text.start(setting.value), text.end(setting.value), (strategy,)),
        ]
    return [
        Edit(text.start(setting.name), text.end(setting.name), (target.replace(SETTING, BACKEND_SETTING),)),
        Edit(text.start(setting.value), text.end(setting.value), (backend,)),
        _add_settings(module, setting, [(STRATEGY_SETTING, strategy)]),
    ]


def _line_end(module: Module, offset: int) -> int:
    """The end of the line that ``offset`` stands in, before its newline."""
    whole = module.text.source.text
    while offset < len(whole) and whole[offset] not in "\r\n":
        offset += 1
    return offset


def _in_call(module: Module, setting: BackendSetting, backend: str, strategy: str) -> Edit:
    from ik_migrate.codegen.call_layout import CallLayout

    call = setting.statement
    assert isinstance(call, ast.Call) and isinstance(setting.name, ast.keyword)
    opaque = MaskedCall.of(module.text, call)
    number = 1 + len(call.args) + call.keywords.index(setting.name)
    layout = CallLayout(opaque.code)
    index = layout.index(f"_ik_{number}_")
    opaque.values[number] = (backend or strategy,)
    layout.rename(index, BACKEND_SETTING if backend else STRATEGY_SETTING)
    if not backend:
        return opaque.edit(layout.code)
    layout.insert(index + 1, STRATEGY_SETTING, opaque.hide((strategy,)))
    return opaque.edit(layout.code)
