"""From the findings that were chosen to the text of the migrated file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ik_migrate.codegen.alignment import aligned_again
from ik_migrate.codegen.call_layout import CallLayout
from ik_migrate.codegen.import_edits import import_edits
from ik_migrate.codegen.imports import needed
from ik_migrate.codegen.masked_call import PLACEHOLDER, MaskedCall
from ik_migrate.codegen.shared_objects import abandoned_objects
from ik_migrate.codegen.spec_class import (
    STAY_WITH_FIELD,
    ClassAttribute,
    class_name,
    home_of,
    render_class,
    span_of,
)
from ik_migrate.codegen.unused_imports import fallen_out_of_use
from ik_migrate.imagekit.spec_field import SpecField
from ik_migrate.model.change import (
    AddArgument,
    AddImport,
    CallChange,
    DropArgument,
    DropName,
    Edit,
    MoveName,
    NameChange,
    NeedSupport,
    RenameArgument,
    SpecMember,
    UseSpecBase,
)
from ik_migrate.model.finding import Finding
from ik_migrate.project.module import Module
from ik_migrate.source.edited_text import EditedText
from ik_migrate.source.source_file import Source
from ik_migrate.source.tree import read

# In the text of a call whose values are hidden there are no strings.
_LONGEST_LINE = 79
"""As PEP 8 has it, which most projects of the time of ImageKit 2 follow."""
_COMMENT = re.compile(r"#[^\n]*")


@dataclass
class _CallPlan:
    """All that happens to one call."""

    spec: SpecField
    changes: list[CallChange] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    members: dict[str, SpecMember] = field(default_factory=dict)
    base: str = ""
    comments: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, change: CallChange) -> None:
        if isinstance(change, SpecMember):
            self.members[change.name] = change
        elif isinstance(change, UseSpecBase):
            self.base = change.base
        elif isinstance(change, RenameArgument):
            self.renamed[change.name] = change.new
        self.changes.append(change)

    @property
    def needs_class(self) -> bool:
        return bool(self.members or self.base)

    @property
    def dropped(self) -> set[str]:
        return {change.name for change in self.changes if isinstance(change, DropArgument)}

    def successor_of(self, name: str) -> str:
        """The argument that takes the place of one that is dropped; empty where none does."""
        added = (change for change in self.changes if isinstance(change, AddArgument))
        return next((change.name for change in added if change.after == name), "")


def rewrite(module: Module, specs: Iterable[SpecField], findings: Iterable[Finding]) -> str:
    """The text of the file with the rewrites of ``findings`` made.

    Args:
        module: the file.
        specs: the spec fields that the findings mention.
        findings: what to rewrite; those without changes do nothing.

    Raises:
        Conflict: when two of them want the same text.
    """
    by_offset = {spec.offset: spec for spec in specs}
    plans: dict[int, _CallPlan] = {}
    small: list[Edit] = []
    imports: list[AddImport] = []
    names: list[NameChange] = []
    for change in dict.fromkeys(change for finding in findings for change in finding.changes):
        if isinstance(change, Edit):
            small.append(change)
        elif isinstance(change, AddImport):
            imports.append(change)
        elif isinstance(change, MoveName | DropName):
            names.append(change)
        elif not isinstance(change, NeedSupport):
            plans.setdefault(change.call, _CallPlan(by_offset[change.call])).add(change)
    writer = _CallWriter(module, imports)
    calls = [edit for offset in sorted(plans) for edit in writer.write(plans[offset])]
    edits = [*calls, *small]
    fixed = module.text.string_lines
    source = module.text.source
    rewritten = read(Source(EditedText(source, edits, fixed).render(), source.encoding))
    abandoned = list(abandoned_objects(module, rewritten))
    if abandoned:
        edits += abandoned
        rewritten = read(Source(EditedText(source, edits, fixed).render(), source.encoding))
    names += fallen_out_of_use(module, rewritten, names)
    # At one place imports come first, then the spec classes that use them.
    edits = [*import_edits(module, imports, names), *edits]
    return aligned_again(module.text, EditedText(source, edits, fixed).fragments())


class _CallWriter:
    """Writes calls and the classes that they need.

    Args:
        module: the file.
        imports: gets what the written code needs.
    """

    def __init__(self, module: Module, imports: list[AddImport]) -> None:
        self._module = module
        self._imports = imports
        self._class_names: set[str] = set()

    def write(self, plan: _CallPlan) -> list[Edit]:
        """The edits for one call: the call itself, and its spec class."""
        spec, text = plan.spec, self._module.text
        opaque = MaskedCall.of(text, spec.call)
        layout = CallLayout(opaque.code)
        places = {name: f"_ik_{argument.position + 1}_" for name, argument in spec.arguments.items()}
        members: list[ClassAttribute] = []
        if plan.needs_class:
            members = self._move_arguments(plan, layout, places)
        for change in plan.changes:
            if isinstance(change, AddArgument) and (not plan.needs_class or change.name in STAY_WITH_FIELD):
                self._add_argument(plan, layout, places, opaque, change)
        for change in plan.changes:
            if isinstance(change, DropArgument) and change.name in places:
                layout.drop(layout.index(places.pop(change.name)))
        for change in plan.changes:
            if isinstance(change, RenameArgument) and change.name in places:
                layout.rename(layout.index(places[change.name]), change.new)
        self._keep_lost_comments(plan, opaque.code, layout)
        edits = []
        if plan.needs_class:
            name = class_name(spec, self._class_names)
            self._class_names.add(name)
            layout.append("spec", opaque.hide((name,)))
            edits.append(self._class_edit(plan, name, members))
        elif layout.comments:
            edits.append(self._comments_before(spec, layout.comments))
        short = layout.one_line if plan.needs_class else ""
        edits.append(opaque.edit(short if short and self._fits(opaque.text_with(short), spec) else layout.code))
        return edits

    def _fits(self, code: str, spec: SpecField) -> bool:
        """Whether a call, written like this, fits on its line."""
        text, source = self._module.text, self._module.text.source
        start, end = text.start(spec.call), text.end(spec.call)
        before = source.text[source.line_starts[source.line_of(start)] : start]
        after = re.split(r"[\r\n]", source.text[end:], maxsplit=1)[0]
        return "\n" not in code and "\r" not in code and len(before + code + after) <= _LONGEST_LINE

    def _keep_lost_comments(self, plan: _CallPlan, before: str, layout: CallLayout) -> None:
        """Comments that stood where no argument owns them go with the argument that follows."""
        kept = [*_COMMENT.findall(layout.code), *layout.comments]
        names = list(plan.spec.arguments.values())
        written = {member.replaces: member.name for member in plan.members.values()}
        for match in _COMMENT.finditer(before):
            if match.group() in kept:
                kept.remove(match.group())
                continue
            if not plan.needs_class:
                layout.comments.append(match.group())
                continue
            # The values are hidden behind numbered names, the callee behind number 0.
            number = PLACEHOLDER.search(before, match.end())
            owner = next((a.name for a in names if number and a.position + 1 == int(number.group(1))), "")
            plan.comments[written.get(owner, "")].append(match.group())

    def _comments_before(self, spec: SpecField, comments: list[str]) -> Edit:
        """Put the comments of dropped arguments on separate lines above the statement."""
        text, source = self._module.text, self._module.text.source
        start = text.start(text.names.statement_of(spec.call))
        line_start = source.line_starts[source.line_of(start)]
        lines = "".join(f"{source.indent_at(start)}{comment}{source.newline}" for comment in comments)
        return Edit(line_start, line_start, (lines,), True)

    def _add_argument(
        self, plan: _CallPlan, layout: CallLayout, places: dict[str, str], opaque: MaskedCall, change: AddArgument
    ) -> None:
        # A None that stands there by name takes the value in its place.
        there = places.get(change.name) or (places.get("image_field") if change.name == "source" else None)
        if there is not None:
            opaque.fill(there, change.value)
            return
        if change.after in places and change.after in plan.dropped:
            # It takes the place of the other argument, and the comments that stand there.
            place = places.pop(change.after)
            layout.rename(layout.index(place), change.name)
            opaque.fill(place, change.value)
            places[change.name] = place
            return
        place = opaque.hide(change.value)
        if change.after in places:
            layout.insert(layout.index(places[change.after]) + 1, change.name, place)
        else:
            layout.append(change.name, place)
        places[change.name] = place

    def _move_arguments(self, plan: _CallPlan, layout: CallLayout, places: dict[str, str]) -> list[ClassAttribute]:
        """Take the arguments that belong to the spec class out of the call."""
        members: list[ClassAttribute] = []
        written = {member.replaces: member.name for member in plan.members.values()}
        for argument in plan.spec.arguments.values():
            if argument.name in STAY_WITH_FIELD:
                continue
            known = len(layout.comments)
            layout.drop(layout.index(places.pop(argument.name)))
            comments = tuple(layout.comments[known:])
            name = plan.renamed.get(argument.name, argument.name)
            if argument.name in written or name in plan.members:
                plan.comments[written.get(argument.name, name)] += comments
            elif argument.name not in plan.dropped and not argument.is_none:
                value = span_of(self._module, argument.value)
                members.append(ClassAttribute(name, (value,), comments))
            else:
                plan.comments[plan.successor_of(argument.name)] += comments
        source = "source" if "source" in places else "image_field"
        if source in places and source not in plan.renamed:
            layout.rename(layout.index(places[source]), "source")
        members += [
            ClassAttribute(change.name, change.value, tuple(plan.comments[change.name]))
            for change in plan.changes
            if isinstance(change, AddArgument) and change.name not in {*plan.members, *STAY_WITH_FIELD}
        ]
        return members

    def _class_edit(self, plan: _CallPlan, name: str, members: list[ClassAttribute]) -> Edit:
        base = plan.base
        if not base:
            base, imports = needed(self._module, "imagekit", "ImageSpec")
            self._imports += imports
        home = home_of(plan.spec)
        given = {member.name: member for member in plan.members.values()}
        members = [
            *(_attribute(plan, member) for member in given.values() if not member.replaces),
            *members,
            *(_attribute(plan, member) for member in given.values() if member.replaces),
        ]
        if plan.comments[""]:
            first = members[0]
            members[0] = replace(first, comments=(*plan.comments[""], *first.comments))
        return Edit(home.offset, home.offset, render_class(self._module, name, base, members, home), True)


def _attribute(plan: _CallPlan, member: SpecMember) -> ClassAttribute:
    return ClassAttribute(member.name, member.body[0], tuple(plan.comments[member.name]))
