"""Calls of spec fields: by keyword, by position, through dicts and merges, in many layouts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from generator import values
from generator.project import Build

SIGNATURE = (
    "processors",
    "format",
    "options",
    "image_field",
    "pre_cache",
    "storage",
    "cache_to",
    "autoconvert",
    "image_cache_backend",
)
"""ImageKit 2's own order."""
_SHARES = {
    "processors": 0.93,
    "format": 0.4,
    "options": 0.3,
    "pre_cache": 0.04,
    "storage": 0.12,
    "cache_to": 0.22,
    "autoconvert": 0.08,
    "image_cache_backend": 0.15,
}
_DICT_NAMES = ("COMMON", "DEFAULTS", "THUMB", "SPEC_OPTIONS", "KW")
_COMMENTS = ("as the printers want it", "TODO: ask", "was 90", "größer nicht", "image_field= is the source", "why?")


def spec_arguments(build: Build, source: str | None, called: bool = True) -> dict[str, str]:
    """Return arguments for an ImageSpecField, by name.

    Args:
        build: the module.
        source: an expression for the name of the ImageField; None to name none.
        called: whether processors and names may be callables.
    """
    arguments = {name: "" for name in SIGNATURE if name in _SHARES and build.chance(_SHARES[name])}
    makers: dict[str, Callable[[], str]] = {
        "processors": lambda: values.processors(build, called),
        "format": lambda: values.image_format(build),
        "options": lambda: values.options(build),
        "pre_cache": lambda: "None",
        "storage": lambda: values.storage(build),
        "cache_to": lambda: values.cache_to(build),
        "autoconvert": lambda: values.autoconvert(build),
        "image_cache_backend": lambda: values.backend(build),
    }
    for name in arguments:
        arguments[name] = makers[name]()
        if build.chance(0.04) and name != "processors":
            arguments[name] = "True" if name == "autoconvert" else "None"
    if source is not None:
        arguments["image_field"] = source
    for name in arguments:
        build.feature(f"argument {name}")
    return arguments


def write_call(
    build: Build,
    callee: str,
    arguments: dict[str, str],
    indent: str = "    ",
    merge: bool = True,
    extra: Sequence[str] = (),
    taken: Collection[str] = (),
) -> str:
    """Return a call with these arguments, passed in one way or another.

    Args:
        build: the module.
        callee: what is called.
        arguments: expressions, by the names of ImageKit 2.
        indent: the indentation of the statement that holds the call.
        merge: whether some of the arguments may come from a dict.
        extra: more arguments, as they are written.
        taken: arguments that the callee sets itself, so that no position may stand for them.
    """
    left = dict(arguments)
    parts: list[str] = []
    if merge and not taken and "processors" in left and build.chance(0.04):
        name = build.unique("ARGUMENTS", "ARGS")
        build.helper(f"{name} = ({left.pop('processors')}, {left.pop('format', 'None')})")
        build.feature("starred arguments")
        keywords = [f"{name}={value}" for name, value in left.items()]
        return lay_out(build, callee, [f"*{name}", *keywords, *extra], indent)
    leading = build.weighted([(5, 1), (4, 0), (1, 4), (1, build.choose(range(2, 10)))])
    if leading and "processors" not in left and leading == 1:
        leading = 0
    leading = min([leading, *(SIGNATURE.index(name) for name in taken)])
    given = [name for name in SIGNATURE[:leading] if name in left]
    if given:
        # None, or what is the default, for the arguments between those that are given.
        last = SIGNATURE.index(given[-1])
        for name in SIGNATURE[: last + 1]:
            parts.append(left.pop(name, "True" if name == "autoconvert" else "None"))
        if last >= 4:
            build.feature("positional from the fifth on")
    keywords = list(left)
    if build.chance(0.5):
        build.random.shuffle(keywords)
    merged: list[str] = []
    if merge and keywords and build.chance(0.16):
        merged = keywords[-build.choose((1, 1, 2, 3)) :]
        keywords = [name for name in keywords if name not in merged]
    parts += [f"{name}={left[name]}" for name in keywords]
    parts += extra
    if merged:
        parts.append("**" + merged_dict(build, {name: left[name] for name in merged}))
    return lay_out(build, callee, parts, indent)


def merged_dict(build: Build, items: dict[str, str]) -> str:
    """Return an expression for a dict with these items, that may be merged from others."""
    kinds = [(5, "constant"), (2, "call"), (2, "inline"), (1, "merge")]
    kind = build.weighted([*kinds, (1, "base"), (1, "copy"), (1, "item"), (1, "update")])
    build.feature(f"dict: {kind}")
    literal = "{" + ", ".join(f"'{name}': {value}" for name, value in items.items()) + "}"
    keywords = ", ".join(f"{name}={value}" for name, value in items.items())
    if kind == "inline":
        return literal if build.chance(0.5) else f"dict({keywords})"
    name = build.unique(*_DICT_NAMES)
    (first, value), *others = items.items()
    rest = "{" + ", ".join(f"'{key}': {item}" for key, item in others) + "}"
    if kind == "call":
        build.helper(f"{name} = dict({keywords})")
    elif kind == "merge":
        build.helper(f"{name} = {rest}")
        return f"dict({name}, {first}={value})"
    elif kind == "base":
        base = build.unique(*_DICT_NAMES)
        build.helper(f"{base} = {rest}")
        build.helper(f"{name} = dict({base}, {first}={value})")
    elif kind == "copy":
        base = build.unique(*_DICT_NAMES)
        build.helper(f"{base} = {rest}")
        build.helper(f"{name} = {base}.copy()\n{name}['{first}'] = {value}")
    elif kind == "item":
        build.helper(f"{name} = {rest}\n{name}['{first}'] = {value}")
    elif kind == "update":
        build.helper(f"{name} = {rest}\n{name}.update({first}={value})")
    else:
        build.helper(f"{name} = {literal}")
    return name


def lay_out(build: Build, callee: str, parts: Sequence[str], indent: str) -> str:
    """Return the text of a call in some layout."""
    kinds = [(6, "line"), (4, "wrapped"), (3, "hanging"), (2, "comments")]
    kind = build.weighted([*kinds, (1, "spaces"), (1, "backslash"), (1, "parentheses")])
    inner = indent + "    "
    if kind == "wrapped":
        aligned = indent + " " * 8
        return f"{callee}({f',{chr(10)}{aligned}'.join(parts)})"
    ended = [f"{part}," for part in parts]
    if any(part.startswith("*") for part in parts):
        ended[-1] = parts[-1]  # Python 2 takes no comma at the end there
    if kind == "hanging":
        return f"{callee}(\n" + "".join(f"{inner}{part}\n" for part in ended) + f"{indent})"
    if kind == "comments":
        lines = []
        for part in ended:
            if build.chance(0.3):
                lines.append(f"{inner}# {build.choose(_COMMENTS)}\n")
            note = f"  # {build.choose(_COMMENTS)}" if build.chance(0.4) else ""
            lines.append(f"{inner}{part}{note}\n")
        return f"{callee}(  # {build.choose(_COMMENTS)}\n{''.join(lines)}{indent})"
    if kind == "spaces":
        return f"{callee} ( {' , '.join(parts)} )"
    if kind == "backslash":
        return f"\\\n{inner}{callee}({', '.join(parts)})"
    if kind == "parentheses":
        return f"({callee}({', '.join(parts)}))"
    return f"{callee}({', '.join(parts)})"
