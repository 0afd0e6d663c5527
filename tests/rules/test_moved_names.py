"""Names that live elsewhere, or nowhere, after ImageKit 2: imports, their uses, and what comes of them."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap

import pytest

from ik_migrate.api import Options, apply, scan
from ik_migrate.engine.registry import rules
from ik_migrate.imagekit.processor_names import IK1_NAMES, PLACES
from ik_migrate.model.rule import Applicability

IK2_FIELD = """
class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')
"""


@pytest.fixture
def migrate(tmp_path):
    """Rewrites one file, twice, and gives its text and the findings of the first time."""

    def run(text, name="processors.py", unsafe_fixes=True):
        path = tmp_path / name
        path.write_text(textwrap.dedent(text))
        report = apply([tmp_path], Options(unsafe_fixes=unsafe_fixes), base=tmp_path)
        assert not report.failed
        after = path.read_text()
        apply([tmp_path], Options(unsafe_fixes=unsafe_fixes), base=tmp_path)
        assert path.read_text() == after
        return after, report.findings

    return run


def codes(found):
    return [finding.rule.code for finding in found]


@pytest.mark.parametrize("code", ["IK113", "IK204", "IK205", "IK206", "IK207", "IK507", "IK508"])
def test_the_example_of_the_rule_is_what_happens(code, migrate):
    rule = rules()[code]
    after, found = migrate(rule.before, rule.path)
    assert after == rule.after
    assert code in codes(found)


IMPORTS = [
    pytest.param(
        "from imagekit.processors.resize import ResizeToFill",
        "from imagekit.processors import ResizeToFill",
        id="one name",
    ),
    pytest.param(
        "from imagekit.processors.crop import SmartCrop as Smart, Side  # cut",
        "from imagekit.processors import SmartCrop as Smart, Side  # cut",
        id="aliases and comments stay",
    ),
    pytest.param(
        "from imagekit.processors.crop import Crop, detect_border_color as border",
        "from imagekit.processors import Crop\nfrom pilkit.processors.crop import detect_border_color as border",
        id="helpers are PILKit's",
    ),
    pytest.param(
        "from imagekit.processors.crop import detect_border_color, _crop",
        "from pilkit.processors.crop import detect_border_color, _crop",
        id="helpers only",
    ),
    pytest.param(
        "from imagekit.processors.utils import histogram_entropy",
        "from pilkit.processors.utils import histogram_entropy",
        id="entropy",
    ),
    pytest.param(
        "from imagekit.processors.base import (\n    Adjust,  # color\n    Transpose,\n)",
        "from imagekit.processors import (\n    Adjust,  # color\n    Transpose,\n)",
        id="over several lines",
    ),
    pytest.param(
        "from imagekit.lib import Image, ImageDraw as Draw",
        "from PIL import Image, ImageDraw as Draw",
        id="PIL",
    ),
    pytest.param(
        "from imagekit.lib import Image, StringIO",
        "from PIL import Image\nfrom io import BytesIO as StringIO",
        id="PIL and StringIO",
    ),
    pytest.param("from imagekit.lib import StringIO", "from io import BytesIO as StringIO", id="StringIO"),
    pytest.param("from imagekit.lib import StringIO as IO", "from io import BytesIO as IO", id="StringIO as"),
    pytest.param("from imagekit.utils import IKContentFile", "from imagekit.files import IKContentFile", id="file"),
    pytest.param(
        "from imagekit.utils import UnknownFormatError as Unknown, open_image",
        "from imagekit.utils import open_image\nfrom pilkit.exceptions import UnknownFormat as Unknown",
        id="error, with a name of its own",
    ),
    pytest.param(
        "from imagekit.utils import UnknownFormatError",
        "from pilkit.exceptions import UnknownFormat as UnknownFormatError",
        id="error, for others to import",
    ),
    pytest.param(
        "from imagekit.utils import (\n    IKContentFile,\n    UnknownFormatError as Unknown,\n    open_image,\n)",
        "from imagekit.utils import (\n    open_image,\n)\nfrom imagekit.files import IKContentFile\n"
        "from pilkit.exceptions import UnknownFormat as Unknown",
        id="several, over several lines",
    ),
    pytest.param(
        "from imagekit.processors.resize import Crop, Fit as Smaller, ResizeToCover",
        "from imagekit.processors import ResizeToFill as Crop, ResizeToFit as Smaller, ResizeToCover",
        id="ImageKit 1",
    ),
    pytest.param(
        "import os; from imagekit.processors.crop import Crop, detect_border_color  # x",
        "import os; from imagekit.processors import Crop; from pilkit.processors.crop import detect_border_color  # x",
        id="several statements on a line",
    ),
    pytest.param(
        "from imagekit.utils import (  # helpers\n    # to write\n    IKContentFile,  # a file\n"
        "    # to read\n    open_image,  # an image\n    # no more\n)",
        "from imagekit.utils import (  # helpers\n    # to read\n    open_image,  # an image\n    # no more\n)\n"
        "from imagekit.files import IKContentFile",
        id="comments go with their names",
    ),
    pytest.param(
        "from imagekit.utils import (open_image,  # an image\n                            IKContentFile)  # a file",
        "from imagekit.utils import (open_image  # an image\n                            )  # a file\n"
        "from imagekit.files import IKContentFile",
        id="comment of the name before the last one",
    ),
    pytest.param(
        "from imagekit.utils import (\n    # for uploads\n    IKContentFile, quiet,\n    open_image,\n)",
        "from imagekit.utils import (\n    # for uploads\n    quiet,\n    open_image,\n)\n"
        "from imagekit.files import IKContentFile",
        id="a heading stays with the names that stay",
    ),
    pytest.param(
        "from imagekit.utils \\\n    import open_image, \\\n    IKContentFile, quiet",
        "from imagekit.utils \\\n    import open_image, \\\n    quiet\nfrom imagekit.files import IKContentFile",
        id="continued lines",
    ),
]


@pytest.mark.parametrize(("before", "after"), IMPORTS)
@pytest.mark.parametrize("indent", ["", "    "])
def test_imports(before, after, indent, migrate):
    """At the top of a file, and in a function, where the statement keeps its place."""
    head, tail = ("def f():\n", "\n    return 1\n") if indent else ("", "\n\nx = 1\n")
    text, expected = (head + textwrap.indent(code, indent) + tail for code in (before, after))
    result, found = migrate(text)
    assert result == expected
    assert len(found) == 1
    if not indent:
        statement = f"import warnings; warnings.simplefilter('ignore'); {SETTINGS}\n{after}"
        subprocess.run([sys.executable, "-c", statement], check=True)


SETTINGS = "from django.conf import settings; settings.configure()"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import validate_file", "import get_spec_files, validate_file"),
        ("import validate_file, clear_file", "import validate_file, clear_file, get_spec_files"),
        ("import validate_file, \\\n    clear_file", "import validate_file, \\\n    clear_file, get_spec_files"),
        ("import (validate_file)  # one", "import (get_spec_files, validate_file)  # one"),
        (
            "import (\n    clear_file,  # one\n    # two\n    validate_file,  # three\n)",
            "import (\n    clear_file,  # one\n    get_spec_files,\n    # two\n    validate_file,  # three\n)",
        ),
        (
            "import (validate_file,  # one\n                              clear_file  # two\n    )",
            "import (validate_file,  # one\n                              clear_file,  # two\n"
            "                              get_spec_files\n    )",
        ),
    ],
)
def test_name_is_added_to_an_import(before, after, migrate):
    text = "from imagekit_support {}\n\nX = {}get_spec_files(clear_file), validate_file\n"
    result, _ = migrate("from imagekit import utils\n" + text.format(before, "utils."))
    assert result == text.format(after, "")


def test_names_of_python_2_are_no_obstacle(migrate):
    text = "from imagekit.utils import async, {}nonlocal  # await\n{}\nprint async(get_spec_files, nonlocal)\n"
    after, _ = migrate(text.format("get_spec_files, ", ""))
    assert after == text.format("", "from imagekit_support import get_spec_files\n")


@pytest.mark.parametrize(
    ("package", "name", "use"),
    [
        ("imagekit.utils", "get_spec_files", "X = {}(1)"),
        ("imagekit.imagecache", "NonValidatingImageCacheBackend", "class {0}Own({0}):\n    pass"),
    ],
)
@pytest.mark.parametrize("also_by_name", [True, False])
def test_name_that_is_used_in_two_ways_is_imported_once(package, name, use, also_by_name, migrate):
    """The file has the name already: it gets no other one for what the support module has instead."""
    module = package.rpartition(".")[2]
    text = f"from imagekit import {module}\nfrom {package} import {name}\n\n{use.format(f'{module}.{name}')}\n"
    text = text.replace(f"class {module}.", "class ") + (use.format(name).replace("Own", "Other") + "\n") * also_by_name
    after, _ = migrate(text, "backends.py")
    expected = f"from imagekit_support import {name}\n\n{text.partition(chr(10) * 2)[2]}"
    assert after == expected.replace(f"{module}.{name}", name)


UNUSED = "from imagekit.imagecache import PessimisticImageCacheBackend"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(f"import os; {UNUSED}; import sys", "import os; import sys", id="between others"),
        pytest.param(f"{UNUSED}; {UNUSED}; import os", "import os", id="before another one"),
        pytest.param(f"import os; {UNUSED}; {UNUSED}", "import os", id="after another one"),
        pytest.param(f"{UNUSED}; {UNUSED}\nimport os", "import os", id="alone on the line"),
        pytest.param(f"{UNUSED};\nimport os", "import os", id="a semicolon at the end"),
        pytest.param(f"import os; \\\n    {UNUSED}", "import os", id="a continued line"),
        pytest.param(f"if 1: {UNUSED}", "if 1: pass", id="nothing else in a block"),
        pytest.param(f"if 1:\n    {UNUSED}; {UNUSED}", "if 1:\n    pass", id="two in a block"),
        pytest.param(f"if 1:\n    {UNUSED}\n    {UNUSED}", "if 1:\n    pass", id="two lines of a block"),
        pytest.param(f"if 1: import os; {UNUSED}", "if 1: import os", id="in a block on one line"),
    ],
)
def test_statement_that_is_dropped(before, after, migrate):
    assert migrate(f"{before}\nx = 1\n")[0] == f"{after}\nx = 1\n"


def test_names_of_one_statement_that_move_go_and_fall_out_of_use(migrate):
    text = """\
    from django.db import models
    from imagekit.imagecache import (
        NonValidatingImageCacheBackend,  # for our class
        PessimisticImageCacheBackend,  # for the field
        InvalidImageCacheBackendError,  # for nothing
    )
    from imagekit.models import ImageSpecField


    class Own(NonValidatingImageCacheBackend):
        pass


    class Photo(models.Model):
        image = models.ImageField(upload_to='photos')
        small = ImageSpecField([], image_field='image', image_cache_backend=PessimisticImageCacheBackend())
    """
    after, _ = migrate(text, "models.py")
    assert "from imagekit_support import (\n    NonValidatingImageCacheBackend,  # for our class\n)\n" in after
    assert "imagekit.imagecache" not in after


def test_all_names_are_where_they_are_said_to_be():
    lines = {f"from {source} import {name}" for names in PLACES.values() for name, source in names.items()} | {
        f"from imagekit.processors import {name}" for name in IK1_NAMES.values() if name
    }
    lines |= {"from imagekit.files import IKContentFile", "from imagekit.cachefiles.backends import CacheFileState"}
    lines |= {"from pilkit.exceptions import UnknownExtension, UnknownFormat"}
    script = "\n".join(["import warnings; warnings.simplefilter('error')", SETTINGS, *sorted(lines)])
    subprocess.run([sys.executable, "-c", script], check=True)


def test_an_import_at_the_very_end_of_the_file(migrate):
    after, _ = migrate("from imagekit.utils import IKContentFile, open_image")
    assert after == "from imagekit.utils import open_image\nfrom imagekit.files import IKContentFile"


def test_what_is_to_be_written_is_one_statement_for_each_module(migrate):
    _, found = migrate("from imagekit.lib import Image, ImageEnhance, StringIO\n")
    assert [finding.suggestion for finding in found] == [
        "from PIL import Image, ImageEnhance\nfrom io import BytesIO as StringIO"
    ]


def test_uses_of_renamed_errors_follow(migrate):
    text = """\
    from imagekit.utils import UnknownExtensionError, UnknownFormatError, format_to_extension


    def extension(name):
        try:
            return format_to_extension(name)
        except (UnknownFormatError, UnknownExtensionError) as error:
            raise UnknownFormatError(error)


    def other(UnknownFormatError):
        return UnknownFormatError
    """
    after, found = migrate(text)
    assert after == textwrap.dedent("""\
    from imagekit.utils import format_to_extension
    from pilkit.exceptions import UnknownExtension, UnknownFormat


    def extension(name):
        try:
            return format_to_extension(name)
        except (UnknownFormat, UnknownExtension) as error:
            raise UnknownFormat(error)


    def other(UnknownFormatError):
        return UnknownFormatError
    """)
    assert codes(found) == ["IK508"]


@pytest.mark.parametrize(
    ("head", "use"),
    [
        ("import imagekit.utils", "imagekit.utils.UnknownFormatError"),
        ("import imagekit.utils as ik", "ik.UnknownFormatError"),
        ("from imagekit import utils", "utils.UnknownFormatError"),
        ("from imagekit.utils import *", "UnknownFormatError"),
    ],
)
def test_uses_through_the_module(head, use, migrate):
    after, found = migrate(f"{head}\n\n\ndef f(g):\n    try:\n        g()\n    except {use}:\n        pass\n")
    assert "from pilkit.exceptions import UnknownFormat\n" in after
    assert "    except UnknownFormat:\n" in after
    assert codes(found) == ["IK508"]


def test_a_name_that_is_taken_stays_as_it_is(migrate):
    text = """\
    from imagekit.utils import UnknownFormatError

    UnknownFormat = 'unknown'
    errors = (UnknownFormatError,)
    """
    after, _ = migrate(text)
    assert "import UnknownFormat as UnknownFormatError\n" in after
    assert "errors = (UnknownFormatError,)" in after


def test_imports_that_other_rules_add_go_to_a_statement_that_stays(migrate):
    text = """\
    from django.db import models
    from imagekit.models import ImageSpecField
    from imagekit.processors import ResizeToFill
    from imagekit.utils import IKContentFile


    def sizes(instance, file):
        return [ResizeToFill(instance.edge, instance.edge)]


    class Photo(models.Model):
        edge = models.IntegerField()
        image = models.ImageField(upload_to='photos')
        small = ImageSpecField(sizes, image_field='image')


    def content(data):
        return IKContentFile('x.png', data)
    """
    after, _ = migrate(text, "models.py")
    assert "from imagekit.files import IKContentFile\n" in after
    assert "from imagekit_support import LegacySpec\n" in after
    compile(after, "models.py", "exec")


def test_resize_to_fit_is_rewritten_in_the_same_file(migrate):
    text = f"""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors.resize import ResizeToFill, ResizeToFit

SLIDE = ResizeToFit(100, 100)

{IK2_FIELD}"""
    after, found = migrate(text, "models.py", unsafe_fixes=False)
    assert "from imagekit.processors import ResizeToFill, ResizeToFit\n" in after
    assert "ResizeToFit(100, 100, upscale=False)" in after
    assert {"IK101", "IK203", "IK204"} <= set(codes(found))


@pytest.mark.parametrize(
    "head", ["from imagekit.processors import resize", "import imagekit.processors.resize as resize"]
)
def test_whole_modules_stay_with_a_notice(head, migrate):
    text = f"{head}\n\nTHUMB = resize.ResizeToFill(50, 50)\n"
    after, found = migrate(text)
    assert after == text
    assert [(f.rule.code, f.applicability) for f in found] == [("IK204", Applicability.NOTICE)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("resize.Fit(80, 60)", "resize.ResizeToFit(80, 60, upscale=False)"),
        ("resize.Fit(80, 60, True)", "resize.ResizeToFit(80, 60, True)"),
        ("resize.Fit(width=80, upscale=True)", "resize.ResizeToFit(width=80, upscale=True)"),
        ("resize.Crop(80, 60)", "resize.ResizeToFill(80, 60)"),
        ("resize.Fit(*size)", None),
        ("partial(resize.Fit, 80)", None),
        ("crop.TrimColor(tolerance=0.1)", "crop.TrimBorderColor(tolerance=0.1)"),
    ],
)
def test_imagekit_1_through_the_module(line, expected, migrate):
    head = "from functools import partial\nfrom imagekit.processors import crop, resize\n\nsize = (1, 2)\nX = "
    after, found = migrate(f"{head}{line}\n")
    assert after == f"{head}{expected or line}\n"
    [finding] = [finding for finding in found if finding.rule.code == "IK205"]
    assert finding.applicability is (Applicability.UNSAFE if expected else Applicability.MANUAL)


def test_imagekit_1_is_left_alone_without_unsafe_fixes(migrate):
    rule = rules()["IK205"]
    after, _ = migrate(rule.before, rule.path, unsafe_fixes=False)
    assert after == rule.before.replace("image_field=", "source=")


def test_quality_beside_options_needs_a_person(migrate):
    text = f"""\
from django.db import models
from imagekit.models import ImageSpecField, ProcessedImageField
from imagekit.processors import ResizeToFill
{IK2_FIELD}
    other = ImageSpecField([], image_field='image', quality=50, options={{'optimize': True}})
    kept = ProcessedImageField([], quality=60, format='JPEG', upload_to='x')
"""
    after, found = migrate(text, "models.py")
    assert "quality=50" in after
    assert "ProcessedImageField([], options={'quality': 60}, format='JPEG', upload_to='x')" in after
    quality = [finding.applicability for finding in found if finding.rule.code == "IK205"]
    assert quality == [Applicability.MANUAL, Applicability.UNSAFE]


@pytest.mark.parametrize(
    "text",
    [
        "from imagekit.processors.resize import *\n\nX = ResizeToFill(1, 1)\n",
        "from imagekit.processors.crop import Image\n",
        "from imagekit.processors import crop\n\nX = crop._crop\n",
        "from imagekit.processors import AutoConvert\n",
        "from imagekit.lib import Image, NullHandler\n",
        "import imagekit.lib\n\nX = imagekit.lib.Image\n",
        "from imagekit import lib\n\nX = lib.Image\n",
        "from imagekit.utils import ik_model_receiver\n",
        "from imagekit.utils import _init_pil\n",
        "from imagekit.generators import SpecFileGenerator\n",
        "import imagekit.generators\n",
        "from imagekit import generators\n",
        "from imagekit.models.receivers import configure_receivers\n",
        "from imagekit.models.fields.files import ImageSpecFieldFile\n",
        "from imagekit.models.fields.utils import BoundImageKitMeta, ImageKitMeta\n",
        "from imagekit.models.fields.utils import ImageSpecFileDescriptor\n",
    ],
)
def test_what_needs_a_person(text, migrate):
    after, found = migrate(text)
    assert after == text
    assert any(finding.applicability is Applicability.MANUAL for finding in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "from imagekit.utils import get_spec_files, open_image\n",
            "from imagekit.utils import open_image\nfrom imagekit_support import get_spec_files\n",
        ),
        (
            "from imagekit import utils\n\nutils.validate_app_cache(['gallery'])\n",
            "from imagekit_support import validate_app_cache\n\nvalidate_app_cache(['gallery'])\n",
        ),
        (
            "import imagekit.utils\n\nimagekit.utils.invalidate_app_cache(['gallery'])\n",
            "from imagekit_support import invalidate_app_cache\n\ninvalidate_app_cache(['gallery'])\n",
        ),
    ],
)
def test_functions_that_the_support_module_has(text, expected, migrate):
    after, _ = migrate(text)
    assert after == expected


@pytest.mark.parametrize(
    "text",
    [
        "from imagekit.processors import ResizeToFill, Side\n",
        "from imagekit.utils import open_image, get_field_info, generate, suggest_extension, quiet\n",
        "from imagekit.files import IKContentFile\nfrom pilkit.exceptions import UnknownFormat\n",
        "from imagekit.models.fields.files import ProcessedImageFieldFile\n",
        "from imagekit.models.fields.utils import ImageSpecFileDescriptor\nfrom imagekit.registry import register\n",
        "from imagekit.specs import ImageSpec\n\n\nclass Thumb(ImageSpec):\n    processors = [object()]\n",
        "from gallery.processors.resize import Fit, Crop\nfrom gallery.lib import Image, StringIO\n",
        "from gallery.utils import IKContentFile, get_spec_files, UnknownFormatError\n# imagekit\n",
        "# imagekit\nfrom PIL import Image\n\nX = Image.LANCZOS\n",
        "# imagekit\nfrom gallery import Image\n\nX = Image.ANTIALIAS\n",
        "# imagekit\nclass IKOptions(object):\n    cache_dir = 'x'\n",
        "from imagekit.processors import Resize\n\n\nclass Big(Resize):\n    def process(self, img):\n        pass\n",
        "# imagekit\nclass Robot(object):\n    def __init__(self):\n        self._ik = 1\n",
    ],
)
def test_look_alikes(text, migrate):
    after, found = migrate(text)
    assert after == text
    assert codes(found) == []


def test_code_that_is_imagekit_3_already_keeps_its_imports(migrate):
    text = f"""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors.resize import ResizeToFill
{IK2_FIELD.replace("image_field", "source")}"""
    after, found = migrate(text, "models.py")
    assert (after, list(found)) == (text, [])


OLD = """\
from django.db import models
from imagekit import processors
from imagekit.models import ImageModel
from imagekit.specs import ImageSpec


class ResizeThumb(processors.Resize):
    width = 100
    height = 75
    crop = True


class Thumbnail(ImageSpec):
    access_as = 'thumbnail_image'
    pre_cache = True
    processors = [ResizeThumb]


class Shade(processors.ImageProcessor):
    @classmethod
    def process(cls, image, fmt, obj):
        return image, fmt


class Photo(ImageModel):
    image = models.ImageField(upload_to='photos')

    class IKOptions:
        spec_module = 'photos'
"""


def test_imagekit_0x_is_reported_at_each_place_and_left(migrate):
    after, found = migrate(OLD, "models.py")
    assert after == OLD
    assert [(f.location.line, f.rule.code) for f in found] == [(n, "IK113") for n in (3, 7, 13, 19, 25, 28)]
    assert {f.applicability for f in found} == {Applicability.MANUAL}


def test_a_stray_ikoptions_does_not_keep_the_fields_from_being_migrated(migrate):
    text = f"""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill

{IK2_FIELD}
    class IKOptions:
        cache_dir = 'photos'
"""
    after, found = migrate(text, "models.py")
    assert after == text.replace("image_field=", "source=")
    assert [f.location.line for f in found if f.rule.code == "IK113"] == [
        after[: after.index("class IKO")].count("\n") + 1
    ]


def test_antialias_is_told_of_at_each_place(migrate):
    text = "from imagekit.lib import Image\n\nA = Image.ANTIALIAS\nB = Image.ANTIALIAS\n"
    after, found = migrate(text)
    assert after == text.replace("imagekit.lib", "PIL")
    assert codes(found) == ["IK206", "IK207", "IK207"]
    assert {f.suggestion for f in found if f.rule.code == "IK207"} == {"Image.LANCZOS"}


def test_a_local_name_of_a_module_does_not_hide_others(tmp_path):
    (tmp_path / "views.py").write_text("def f(utils):\n    # imagekit\n    return utils.get_spec_files(1)\n")
    assert not scan([tmp_path], base=tmp_path).findings


def test_suggestions_are_python(migrate):
    texts = [r.before for r in rules().values() if re.fullmatch(r"IK(113|20[4-7]|50[78])", r.code)]
    for text in texts:
        for finding in migrate(text)[1]:
            compile(finding.suggestion, "suggestion", "exec")
