"""What is known of a project as a whole, apart from the files that it was learned from."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path

from ik_migrate.model.targets import DEFAULT_TARGET
from ik_migrate.project.media_facts import MediaFacts
from ik_migrate.project.support_module import SupportModule


@dataclass
class ProjectFacts:
    """Facts about a project, small enough to be handed to another process."""

    default_strategy: str = "JustInTime"
    """ImageKit 3's strategy for what the project's settings say; empty where they name another."""
    has_simple_backend: bool = True
    """Whether the settings are sure to name none of ImageKit's asynchronous backends."""
    has_ik2_code: bool = False
    """Whether some file of the project is known to be written for ImageKit 2."""
    has_ik3_code: bool = False
    """Whether some file of the project is known to be written for ImageKit 3 or later."""
    target: str = DEFAULT_TARGET
    """The version of ImageKit that the project moves to."""
    target_reason: str = ""
    """Why that one was chosen, a sentence; empty where it is the newest, or was requested."""
    spec_field_classes: frozenset[str] = frozenset()
    """What makes spec fields outside of the project, by dotted names, as its owner says."""
    keep_cache_names: bool = False
    """Whether the files of spec fields keep the names that ImageKit 2 gave them."""
    spec_attributes: set[str] = field(default_factory=set)
    """The attributes that are spec fields in some model of the project."""
    attributes_of_variables: dict[tuple[Path, str], set[str]] = field(default_factory=dict)
    """The attributes that spec fields made at the top of a file become, by file and variable."""
    shared_attributes: set[str] = field(default_factory=set)
    """Those of them that are something else in some other class of the project."""
    keyword_dicts: dict[Path, set[str]] = field(default_factory=dict)
    """The names of the dicts that spec fields are given with ``**``, by the files that make them."""
    importers: dict[tuple[Path, str], set[tuple[Path, str]]] = field(default_factory=dict)
    """Who imports what from files of the project: by file and name, the files that do so and what they call it."""
    around: MediaFacts = field(default_factory=MediaFacts)
    """Facts for the rules about templates, scripts and settings."""
    wanted: tuple[Path, ...] = ()
    """The requested files and folders; none if that is the whole project."""
    source_roots: list[Path] = field(default_factory=list)
    """Folders on ``sys.path``, as the project's own code and its owner say."""
    candidates: tuple[Path, ...] = ()
    """The files that may concern us, sorted."""
    support: SupportModule | None = None
    """The module of the project that keeps what ImageKit 2 did; None until it is known where it belongs."""
    has_spec_fields: bool = False
    """Whether some file of the project makes spec fields."""
    shared_ids: set[str] = field(default_factory=set)
    """The ids that ImageKit 3 would give to several spec fields, as `spec_ids_of` writes them."""
    has_chains: bool = False
    """Whether some spec field makes its image of that of another one."""
    has_unknown_backends: bool = False
    """Whether what some field gets as its image cache backend is only known when the site runs."""
    has_plain_classes: bool = False
    """Whether spec fields are added to classes that are not models."""
    has_changing_processors: bool = False
    """Whether some processor of the project changes its own attributes."""
    has_property_sources: bool = False
    """Whether the source of some spec field is a property: the image may belong to another instance."""
    sets_storages: bool = False
    """Whether the project gives files another storage while it runs."""
    support_variants: frozenset[str] = frozenset()
    """The variants of the support module's pieces that the whole project decides, as ``+odd_storages``."""
    has_storages: bool = False
    """Whether some image of the project may have its own storage."""
    legacy_factories: set[tuple[Path, str]] = field(default_factory=set)
    """The functions, partials and classes that make fields of the support module, by file and name."""
    settings_modules: set[Path] = field(default_factory=set)
    """The settings that others build on: files that assign ``INSTALLED_APPS``; found out if ``faithful``."""
    has_settings: bool = True
    """Whether the project has the settings of the sites that use its models; found out if ``faithful``."""
    loaded_with_settings: set[Path] = field(default_factory=set)
    """The settings modules that mention ImageKit, and the files that they import."""
    came_from_2: bool = False
    """Whether fields that only name a ``source`` were written for ImageKit 2, and are half rewritten."""
    faithful: bool = False
    """Whether all fields keep what ImageKit 2 did at run time, not only those that a rewrite concerns."""
    faults: dict[Path, str] = field(default_factory=dict)
    """The files that could not be read to the end, because of an internal error, with the message."""

    def take_over(self, other: ProjectFacts) -> None:
        """Know what ``other`` knows, in place of what was known before."""
        for item in fields(ProjectFacts):
            setattr(self, item.name, getattr(other, item.name))

    def alone(self) -> ProjectFacts:
        """What is known, without anything that a derived class adds."""
        return ProjectFacts(**{item.name: getattr(self, item.name) for item in fields(ProjectFacts)})
