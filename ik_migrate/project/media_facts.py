"""Facts about the files of a project other than its models, for the rules about templates, scripts and settings."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class MediaFacts:
    """Facts about a project.

    Args:
        has_default_names: whether some spec field has ImageKit's own file names.
        upload_folders: where the images of such models are uploaded to.
        cache_to_folders: the folders that the project chose itself with ``cache_to=``.
        media_folders: how the last part of ``MEDIA_URL`` or ``MEDIA_ROOT`` is called.
        abstract_apps: labels of the apps that have a spec field on an abstract model.
        admin_templates: the templates that ``AdminThumbnail`` is given, as the code names them.
        has_own_source_file: whether a class of the project has its own ``source_file``.
    """

    has_default_names: bool = False
    upload_folders: set[str] = field(default_factory=set)
    cache_to_folders: set[str] = field(default_factory=set)
    media_folders: set[str] = field(default_factory=lambda: {"media", "uploads"})
    abstract_apps: set[str] = field(default_factory=set)
    admin_templates: set[str] = field(default_factory=set)
    has_own_source_file: bool = False

    def add(self, other: MediaFacts) -> None:
        """Take in what other files say."""
        self.has_default_names |= other.has_default_names
        self.upload_folders |= other.upload_folders
        self.cache_to_folders |= other.cache_to_folders
        self.media_folders |= other.media_folders
        self.abstract_apps |= other.abstract_apps
        self.admin_templates |= other.admin_templates
        self.has_own_source_file |= other.has_own_source_file
