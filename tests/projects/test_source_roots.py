"""Names are followed into folders that a project puts on the path."""

from __future__ import annotations

import pytest
from small_projects import found

MODELS = """\
from django.db import models
from {toolbox} import thumb, Spec


class Photo(models.Model):
    picture = models.ImageField(upload_to='photos')
    small = Spec(image_field='picture', processors=thumb)
"""

TOOLBOX = """\
from imagekit.models import ImageSpecField as Spec
from imagekit.processors import SmartResize


def thumb(instance, file):
    return [SmartResize(instance.width, 80)]
"""

ROOTS = {
    "manage.py puts apps on the path": (
        "manage.py",
        """\
import os, sys
ROOT = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(ROOT, 'parts', 'apps'))
""",
    ),
    "settings with a lambda": (
        "conf/settings.py",
        """\
import sys
from os.path import join, dirname, pardir
here = lambda *x: join(dirname(__file__), *x)
sys.path += [here(pardir, 'parts', 'apps')]
""",
    ),
    "a loop over folders": (
        "deploy/django.wsgi",
        """\
import os
import sys
root = os.path.split(os.path.dirname(os.path.realpath(__file__)))[0]
for folder in ('lib', 'parts/apps'):
    sys.path.insert(0, root + '/' + folder)
print >> sys.stderr, 'up'
""",
    ),
    "a formatted path": (
        "conf/base.py",
        """\
import os, sys
BASE = os.path.normpath('%s/..' % os.path.dirname(__file__))
sys.path = ['%s/parts/apps' % BASE] + sys.path
""",
    ),
    "Unipath in settings that another file imports": (
        "conf/local.py",
        """\
import site
from unipath import Path
PROJECT = Path(__file__).ancestor(2)
site.addsitedir(PROJECT.child('parts', 'apps'))
""",
    ),
    "pathlib": (
        "conf/new.py",
        """\
import sys
from pathlib import Path
sys.path.append(str(Path(__file__).resolve().parent.parent / 'parts' / 'apps'))
""",
    ),
    "setup.py": (
        "setup.py",
        "from setuptools import setup\nsetup(name='x', package_dir={'': 'parts/apps'})\n",
    ),
    "setup.cfg": ("setup.cfg", "[options]\npackage_dir =\n    = parts/apps\n"),
}


@pytest.mark.parametrize("name", ROOTS)
def test_names_are_followed_through_folders_on_the_path(project, name):
    path, text = ROOTS[name]
    folder = project(
        {
            path: text,
            "parts/apps/toolbox/__init__.py": "",
            "parts/apps/toolbox/images.py": TOOLBOX,
            "site/__init__.py": "",
            "site/photos/__init__.py": "",
            "site/photos/models.py": MODELS.format(toolbox="toolbox.images"),
        }
    )
    assert found(folder) == [
        ("site/photos/models.py", 7, "IK101", "safe"),
        ("site/photos/models.py", 7, "IK201", "safe"),
    ]


def test_source_roots_that_the_owner_names(project):
    folder = project(
        {
            "code/toolbox/__init__.py": "",
            "code/toolbox/images.py": TOOLBOX,
            "site/photos/__init__.py": "",
            "site/photos/models.py": MODELS.format(toolbox="toolbox.images"),
        }
    )
    assert found(folder) == []
    assert found(folder, source_roots=(folder / "code",)) == [
        ("site/photos/models.py", 7, "IK101", "safe"),
        ("site/photos/models.py", 7, "IK201", "safe"),
    ]
