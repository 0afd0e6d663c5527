"""What happens to the files of spec fields when rows are saved and deleted.

Each check saves rows in a transaction on a copy of the database, with files in the temporary storage, and is undone.
Receivers of the project run only where they deal with ImageKit's files, and the network is closed.
"""

from __future__ import absolute_import, division, unicode_literals

import io
import os
import traceback

from .check_database import create_missing_tables, in_transaction, use_memory
from .check_rows import CheckRows
from .databases import is_copy, roll_back
from .groups import groups_of
from .receivers import keep_receivers_of_imagekit
from .reporter import plain
from .side_effects import close_network
from .spec_file import made
from .text_value import text
from .time_limit import TimeLimit

NEW, OLD, OTHER = "the new image", "the old image", "another image"
MISSING = "no file"
NOT_CHECKED = "not checked: "


class CannotCheck(Exception):
    """A check has no result here; the message says why."""


class Behaviours(object):
    """Looks at what happens to the files of spec fields when rows are saved and deleted.

    Arguments: the project, the request and the reporter; the row that stands for each model and source.
    """

    def __init__(self, project, request, reporter, bases):
        self.project = project
        self.request = request
        self.reporter = reporter
        self.bases = bases
        self.done = set(tuple(entry) for entry in request["checked"])
        self.ready = set()
        self._rows = None

    def run(self):
        models = self.project.models()
        keep_receivers_of_imagekit(set(name for _, _, specs, _ in models for name in specs))
        close_network()
        self._rows = CheckRows(self.project.overlay, self.bases)
        for label, model, specs, processed in models:
            self.project.overlay.cover()
            for group in groups_of(label, model, specs, processed):
                if group.specs and group.field is not None:
                    for name in ("replaced", "deleted", "removed", "lost"):
                        self._check(group, name)

    def _check(self, group, name):
        """One check of all spec fields of a group."""
        if (group.label, group.key, name) in self.done:
            return
        labels = [group.label + "." + spec for spec in group.specs]
        self.reporter.event("check", model=group.label, field=group.key, check=name, specs=labels)
        found = {}
        try:
            with TimeLimit(self.request["time_limit"]):
                alias = self._database(group.model)
                self._forget()
                in_transaction(alias, lambda: getattr(self, "_" + name)(group, found))
        except KeyboardInterrupt:
            raise
        except CannotCheck as error:
            self._fill(found, name, group, NOT_CHECKED + text(error))
        except BaseException as error:
            if os.environ.get("IK_MIGRATE_DEBUG"):
                traceback.print_exc()
            reason = "%s: %s" % (text(type(error).__name__), plain(error))
            self._fill(found, name, group, NOT_CHECKED + reason[:200])
        roll_back()
        self.project.overlay.clear()
        for (spec, part), outcome in sorted(found.items()):
            self.reporter.event("behaviour", spec=group.label + "." + spec, check=part, outcome=outcome)

    def _fill(self, found, name, group, outcome):
        for part in ("deleted", "recreated") if name == "deleted" else (name,):
            for spec in group.specs:
                found.setdefault((spec, part), outcome)

    def _database(self, model):
        from django.db import connections, router

        alias = router.db_for_write(model)
        if alias not in self.ready:
            if use_memory(alias):
                self._rows.use_made_up = True
            if not is_copy(connections[alias]):
                raise CannotCheck("the database is not an SQLite file, so it cannot be copied")
            self.ready.add(alias)
            create_missing_tables(alias)
        return alias

    def _forget(self):
        """Forget all files, and what ImageKit remembers of them."""
        self.project.overlay.clear()
        forget_states()

    # Each of these notes what is seen of each spec field.

    def _replaced(self, group, found):
        """Upload an image, another one, and one with the name of the first again."""
        key = self._rows.save_upload(group, 0)
        old = self._shown(group, key)
        self._rows.upload(group, group.row(key), 1, "ik-migrate-other.jpg")
        self._shown(group, key)
        instance = group.row(key)
        self._rows.upload(group, instance, 2, "ik-migrate.jpg")
        self._compare(group, key, found, "replaced", old)

    def _deleted(self, group, found):
        """Delete a row, and create one whose image has the same name."""
        key = self._rows.save_upload(group, 0)
        old = self._shown(group, key)
        instance = group.row(key)
        files = self._files(group, instance)
        source = getattr(instance, group.key)
        place = (source.storage, source.name)
        again = self._rows.copy_of(group, instance)
        instance.delete()
        for spec, (storage, name) in files.items():
            found[spec, "deleted"] = "the file stays" if self._path(storage, name) else "the file is deleted"
        self.project.overlay.remove(*place)
        self._rows.upload(group, again, 2, "ik-migrate.jpg")
        self._compare(group, again.pk, found, "recreated", old)

    def _removed(self, group, found):
        """Remove the files of spec fields behind ImageKit's back."""
        key = self._rows.save_upload(group, 0)
        old = self._shown(group, key)
        for storage, name in self._files(group, group.row(key)).values():
            self.project.overlay.remove(storage, name)
        for spec, shown in self._shown(group, key).items():
            if is_bytes(old.get(spec)):
                found[spec, "removed"] = "the file is generated again" if is_bytes(shown) else shown

    def _lost(self, group, found):
        """Ask for the URL of files whose original is lost, and that were never generated in this process."""
        key = self._rows.save_upload(group, 0)
        self._shown(group, key)
        instance = group.row(key)
        for storage, name in self._files(group, instance).values():
            self.project.overlay.remove(storage, name)
        source = getattr(instance, group.key)
        self.project.overlay.remove(source.storage, source.name)
        for spec in group.specs:
            # After one exception ImageKit 3 takes the file for one that is being generated.
            forget_states()
            instance = group.row(key)
            try:
                found[spec, "lost"] = "its URL is given" if getattr(instance, spec).url else "no URL"
            except Exception:
                found[spec, "lost"] = "the page raises an exception"

    def _files(self, group, instance):
        found = {}
        for spec in group.specs:
            try:
                file = getattr(instance, spec)
                found[spec] = (file.storage, file.name)
            except Exception:  # it is reported where its image is compared
                continue
        return found

    def _path(self, storage, name):
        path = self.project.overlay.path(storage, name)
        return path if path is not None and os.path.exists(path) else None

    def _shown(self, group, key):
        """What a page shows of each spec field of a row: bytes, or in words why there are none."""
        instance = group.row(key)
        found = {}
        for spec in group.specs:
            try:
                file = getattr(instance, spec)
                file.url  # noqa: B018, generates it
                found[spec] = self._content(file)
            except Exception as error:
                found[spec] = "%s is raised" % text(type(error).__name__)
        return found

    def _content(self, file):
        path = self._path(file.storage, file.name)
        if path is None:
            return MISSING
        with io.open(path, "rb") as opened:
            return opened.read()

    def _compare(self, group, key, found, part, old):
        """Note which image each spec field shows, after the last upload."""
        shown = self._shown(group, key)
        instance = group.row(key)
        for spec in group.specs:
            content = shown[spec]
            if not is_bytes(content):
                found[spec, part] = content
                continue
            try:
                wanted = made(getattr(instance, spec), self.project.overlay)
            except Exception as error:
                found[spec, part] = NOT_CHECKED + "%s is raised" % text(type(error).__name__)
                continue
            if wanted == old.get(spec):
                found[spec, part] = NOT_CHECKED + "its images do not depend on the upload"
            else:
                found[spec, part] = NEW if content == wanted else OLD if content == old.get(spec) else OTHER


def is_bytes(value):
    return isinstance(value, bytes)


def forget_states():
    """Clear all caches, which are in memory here, as at the start of a process."""
    from django.conf import settings

    try:
        from django.core.cache import caches
    except ImportError:
        from django.core.cache import get_cache

        for alias in settings.CACHES:
            get_cache(alias).clear()
    else:
        for alias in settings.CACHES:
            caches[alias].clear()
