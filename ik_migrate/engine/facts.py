"""What the files of a project say beyond themselves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from ik_migrate.model.targets import Evidence
from ik_migrate.project.media_facts import MediaFacts


@dataclass
class Facts:
    """What a file, or several of them together, say.

    Args:
        names: what other files say that use what is defined or passed on here, without naming ImageKit.
        spec_attributes: the attributes of models that are spec fields.
        source_names: the attributes that spec fields make their images of.
        attributes_of_variables: those that spec fields made at the top of a file become, by file and variable.
        spec_ids: how often ImageKit 3 gives an id to a spec field, see `spec_ids_of`.
        class_attributes: how many of the files bind a name in a class to something else.
        keyword_dicts: the names of the dicts that spec fields are given with ``**``, by the files that make them.
        importers: who imports what from files of the project, by file and name.
        has_ik2_code: whether it is known to be written for ImageKit 2.
        names_field_in_string: whether a string names ImageKit's field.
        has_unread_arguments: whether arguments of ImageKit 2's field are passed to what reading does not tell.
        has_ik3_code: whether it is known to be written for ImageKit 3 or later.
        may_have_other_backend: whether the settings may name one of ImageKit's asynchronous backends.
        settings: the files that may set ImageKit 2's default backend.
        settings_modules: the files that hold settings of Django.
        models: the files with spec fields.
        has_unknown_backends: whether an image cache backend is only known when the site runs.
        has_plain_classes: whether spec fields are added to classes that are not models.
        has_property_sources: whether the source of some spec field is a property.
        has_storages: whether an image may have its own storage.
        sets_storages: whether code gives files another storage while it runs.
        legacy_factories: the functions, partials and classes whose fields only the running site can tell.
        factory_calls: what each function, partial and class that makes fields makes them with.
        support_modules: the files that are support modules.
        old_stack: what shows that the project is on Python 2, by file.
        around: facts for the rules about templates, scripts and settings.
        faults: the files that could not be read to the end, because of an internal error, with the message.
    """

    names: set[bytes] = field(default_factory=set)
    spec_attributes: set[str] = field(default_factory=set)
    source_names: set[str] = field(default_factory=set)
    attributes_of_variables: dict[tuple[Path, str], set[str]] = field(default_factory=dict)
    spec_ids: Counter[str] = field(default_factory=Counter)
    class_attributes: Counter[str] = field(default_factory=Counter)
    keyword_dicts: dict[Path, set[str]] = field(default_factory=dict)
    importers: dict[tuple[Path, str], set[tuple[Path, str]]] = field(default_factory=dict)
    has_ik2_code: bool = False
    names_field_in_string: bool = False
    has_unread_arguments: bool = False
    has_ik3_code: bool = False
    may_have_other_backend: bool = False
    settings: set[Path] = field(default_factory=set)
    settings_modules: set[Path] = field(default_factory=set)
    models: set[Path] = field(default_factory=set)
    has_unknown_backends: bool = False
    has_plain_classes: bool = False
    has_property_sources: bool = False
    has_storages: bool = False
    sets_storages: bool = False
    legacy_factories: set[tuple[Path, str]] = field(default_factory=set)
    factory_calls: dict[tuple[Path, str], set[tuple[Path, str]]] = field(default_factory=dict)
    support_modules: set[Path] = field(default_factory=set)
    old_stack: dict[Path, Evidence] = field(default_factory=dict)
    around: MediaFacts = field(default_factory=MediaFacts)
    faults: dict[Path, str] = field(default_factory=dict)

    def add(self, other: Facts) -> None:
        """Take in what other files say."""
        self.names |= other.names
        self.spec_attributes |= other.spec_attributes
        self.source_names |= other.source_names
        self.spec_ids.update(other.spec_ids)
        self.class_attributes.update(other.class_attributes)
        for variable, attributes in other.attributes_of_variables.items():
            self.attributes_of_variables.setdefault(variable, set()).update(attributes)
        for path, names in other.keyword_dicts.items():
            self.keyword_dicts.setdefault(path, set()).update(names)
        for imported, users in other.importers.items():
            self.importers.setdefault(imported, set()).update(users)
        self.has_ik2_code |= other.has_ik2_code
        self.names_field_in_string |= other.names_field_in_string
        self.has_unread_arguments |= other.has_unread_arguments
        self.has_ik3_code |= other.has_ik3_code
        self.may_have_other_backend |= other.may_have_other_backend
        self.settings |= other.settings
        self.old_stack |= other.old_stack
        self.settings_modules |= other.settings_modules
        self.models |= other.models
        self.has_unknown_backends |= other.has_unknown_backends
        self.has_plain_classes |= other.has_plain_classes
        self.has_property_sources |= other.has_property_sources
        self.has_storages |= other.has_storages
        self.sets_storages |= other.sets_storages
        self.legacy_factories |= other.legacy_factories
        for factory, called in other.factory_calls.items():
            self.factory_calls.setdefault(factory, set()).update(called)
        self.support_modules |= other.support_modules
        self.around.add(other.around)
        self.faults.update(other.faults)
