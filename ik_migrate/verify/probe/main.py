"""The whole run."""

from __future__ import absolute_import, division, unicode_literals

import os
import shutil
import sys

from .admin_thumbnails import check_admin
from .behaviours import Behaviours
from .project import Project
from .project_copy import copy_of_project
from .reporter import Reporter, error_record
from .scratch import end_with_parent, make_scratch, raise_ending_signals
from .survey import Survey
from .writing import redirect_writing


def run(request, reporter, scratch):
    project = Project(request, scratch, reporter)
    project.load()
    check_admin(project)
    strays = copy_of_project.strays()
    if strays:
        named = ", ".join(strays[:3]) + (" and others" if len(strays) > 3 else "")
        reporter.event("note", message="not imported from the copy, so not as rewritten: %s" % named)
    survey = Survey(project, request, reporter)
    survey.run()
    if request["behaviours"]:
        Behaviours(project, request, reporter, survey.bases).run()
    reporter.event("end")


def main(request):
    """Do what is requested and end the process."""
    reporter = Reporter()
    raise_ending_signals()
    folder = scratch = request["scratch"]
    if not os.path.isdir(scratch):
        folder, scratch = make_scratch()
    end_with_parent(folder)
    copy_of_project.set(request["prefix"], request["root"], os.path.realpath(scratch))
    if copy_of_project.prefix:
        redirect_writing()
    status = 0
    try:
        try:
            run(request, reporter, os.path.realpath(scratch))
        except BaseException:
            status = 1
            reporter.event("fatal", error=error_record(sys.exc_info()))
    finally:
        # Also where nobody listens any more.
        shutil.rmtree(folder, ignore_errors=True)
        # Threads that the project started, and what it does on exit, are not waited for.
        os._exit(status)
