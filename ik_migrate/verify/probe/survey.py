"""The images of all models."""

from __future__ import absolute_import, division, unicode_literals

import os
import posixpath
import sys

from .databases import roll_back
from .groups import groups_of
from .image_record import image_record, source_record
from .instance_builder import Builder
from .models import image_fields, source_name
from .reporter import error_record
from .sample_images import MADE_UP, MADE_UP_VERSION
from .spec_file import bytes_of, is_default_name, is_spec_file, made, made_on_upload, root_source, source_of
from .spec_record import parts_of, processed_record, processors_of, spec_record, url_of
from .text_value import text
from .time_limit import TimeLimit


class Survey(object):
    """Looks at all models, one image after the other."""

    def __init__(self, project, request, reporter):
        self.project = project
        self.request = request
        self.reporter = reporter
        self.done = set((entry[0], entry[1]) for entry in request["done"])
        self.made_up = []
        self.bases = {}

    def run(self):
        self.reporter.event("stage", stage="models")
        models = self.project.models()
        self.reporter.event("total", models=len(models))
        self.made_up = [(name, extension, make()) for name, extension, make in MADE_UP]
        for label, model, specs, processed in models:
            self.project.overlay.cover()
            for group in groups_of(label, model, specs, processed):
                self._group(group)

    def _group(self, group):
        """All the images of a group: of some rows, then of one row with images that are made up."""
        rows, total, problem = [], None, None
        if not self.request["synthetic"]:
            known = self.request["rows"].get(group.label, {}).get(group.key)
            try:
                total, rows = group.rows(self.request["sample"] if known is None else 0, self.request["time_limit"])
                rows = rows if known is None else known
            except Exception:
                problem = error_record(sys.exc_info())
                roll_back()
        rows = [text(key) for key in rows]
        self.bases[group.label, group.key] = rows[0] if rows else None
        self.reporter.event("rows", model=group.label, field=group.key, total=total, rows=rows, problem=problem)
        described_specs = set()
        for key in rows:
            self._cases(group, "row %s" % key, lambda key=key: group.row(key), described_specs, None)
        base = rows[0] if rows else None
        if base is not None:
            try:
                group.row(base)
            except Exception:
                base = None
        for name, extension, content in self.made_up:
            self._cases(
                group,
                "made-up %s" % name,
                lambda: group.row(base) if base is not None else Builder().build(group.model),
                described_specs,
                (name + extension, content, [MADE_UP_VERSION, "row %s" % base if base is not None else "unsaved"]),
            )

    def _cases(self, group, case, make_instance, described_specs, made_up):
        """The images of one instance."""
        names = [name for name in group.specs if (group.label + "." + name, case) not in self.done]
        processed = group.is_processed and (group.label + "." + group.key, case) not in self.done
        if not names and not processed:
            return
        try:
            roll_back()
            self.project.overlay.clear()
            with TimeLimit(self.request["time_limit"]):
                instance = make_instance()
                if made_up is not None:
                    self._substitute(group, instance, made_up)
                self.project.overlay.hide(self._own_files(instance, group.specs))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            gone = {"error": error_record(sys.exc_info())}
            if isinstance(error, group.model.DoesNotExist):
                gone = {"skipped": "the row is not there"}
            roll_back()
            for name in names + ([group.key] if processed else []):
                self.reporter.event("image", spec=group.label + "." + name, case=case, **gone)
            return
        for name in names:
            self._spec(group, name, case, instance, described_specs, made_up)
        if processed:
            self._processed(group, case, instance, described_specs, made_up)

    def _substitute(self, group, instance, made_up):
        """Give all image fields of an instance a made-up image, as if it had been uploaded."""
        file_name, content, _ = made_up
        for field in image_fields(group.model):
            before = getattr(instance, field.name)
            folder = posixpath.dirname(text(before.name)) if before else self._upload_folder(field, instance)
            name = posixpath.join(folder, "ik-migrate-" + file_name)
            self.project.overlay.put(field.storage, name, content)
            setattr(instance, field.name, name)

    @staticmethod
    def _upload_folder(field, instance):
        upload_to = getattr(field, "upload_to", "")
        if not callable(upload_to):
            return text(upload_to) if "%" not in text(upload_to) else "uploads"
        try:
            return posixpath.dirname(text(upload_to(instance, "image.jpg")).replace("\\", "/"))
        except Exception:  # it wants more of the instance than is made up
            return "uploads"

    @staticmethod
    def _own_files(instance, names):
        """Storage and name of all spec files of an instance that do not overwrite their own source."""
        found = []
        for name in names:
            try:
                file = getattr(instance, name)
                source = root_source(file)
                if file.name and text(file.name) != text(source.name):
                    found.append((file.storage, file.name))
            except Exception:  # it is reported when its image is made
                continue
        return found

    def _report(self, spec, case, make, *arguments):
        """Report one image: what ``make`` records of it, or the error that it ended with."""
        self.reporter.event("start", spec=spec, case=case)
        record = {}
        try:
            with TimeLimit(self.request["time_limit"]):
                make(*(arguments + (record,)))
        except KeyboardInterrupt:
            raise
        except BaseException:
            record["error"] = error_record(sys.exc_info())
            roll_back()
        self.reporter.event("image", spec=spec, case=case, **record)

    def _spec(self, group, name, case, instance, described_specs, made_up):
        """One image of one spec field."""
        spec = group.label + "." + name
        self._report(spec, case, self._make, group, name, instance, described_specs, made_up)

    def _make(self, group, name, instance, described_specs, made_up, record):
        file = getattr(instance, name)
        root = root_source(file)
        if not root or not getattr(root, "name", None):
            record["skipped"] = "no source"
            return
        if made_up is not None:
            record["base"] = made_up[2]
            if not posixpath.basename(text(root.name)).startswith("ik-migrate-"):
                record["skipped"] = "its source is not a field"
                return
        try:
            content = bytes_of(root)
        except (IOError, OSError):
            record["skipped"] = "the source file is not there"
            return
        record["source"] = source_record(content, text(root.name), exact=made_up is None)
        if file.name is None:
            raise ValueError("the spec file has no name")
        record["name"] = text(file.name).replace(os.sep, "/")
        record["default_name"] = is_default_name(file)
        record["url"] = url_of(file)
        record["processors"] = parts_of(processors_of(file))
        if name not in described_specs:
            described_specs.add(name)
            described_spec = spec_record(file)
            described_spec["source"] = source_name(group.model, name)
            described_spec["chained"] = is_spec_file(source_of(file))
            self.reporter.event("spec", spec=group.label + "." + name, kind="spec", **described_spec)
        record["image"] = image_record(made(file, self.project.overlay), self.request["images"])

    def _processed(self, group, case, instance, described_specs, made_up):
        """What a ProcessedImageField would make of the image it has, or of one that is made up."""
        spec = group.label + "." + group.key
        self._report(spec, case, self._upload, group, instance, described_specs, made_up)

    def _upload(self, group, instance, described_specs, made_up, record):
        stored = getattr(instance, group.key)
        if not stored:
            record["skipped"] = "no source"
            return
        try:
            content = bytes_of(stored)
        except (IOError, OSError):
            record["skipped"] = "the source file is not there"
            return
        name = posixpath.basename(text(stored.name))
        record["base"] = made_up[2] if made_up is not None else None
        record["source"] = source_record(content, text(stored.name), exact=made_up is None)
        if group.key not in described_specs:
            described_specs.add(group.key)
            self.reporter.event("spec", spec=group.label + "." + group.key, **processed_record(group.field, name))
        record["image"] = image_record(made_on_upload(group.field, stored, name, content), self.request["images"])
