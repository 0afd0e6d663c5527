"""The code that findings show for a person to write."""

from __future__ import annotations

import pytest

from ik_migrate.api import apply, scan
from ik_migrate.model.rule import Applicability

MODELS = """\
from django.db import models
from elsewhere import Own, pick, name_it
from imagekit.imagecache import NonValidatingImageCacheBackend
from imagekit.models import ImageSpecField, ProcessedImageField
from imagekit.processors import ResizeToFit


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    named = ImageSpecField(
        [ResizeToFit(60, 60)],
        image_field='image',
        cache_to=name_it,
        image_cache_backend=NonValidatingImageCacheBackend(),
    )
    picked = ImageSpecField(
        pick,
        image_field='image',
        cache_to='thumbs/',
        image_cache_backend=NonValidatingImageCacheBackend(),
    )
    both = ImageSpecField(
        lambda instance, file: [ResizeToFit(instance.width, 60)],
        image_field='image',
        cache_to=name_it,
        image_cache_backend=Own(),
    )
    stored = ProcessedImageField(lambda file: [ResizeToFit(60, 60)], format='JPEG', upload_to='stored')
"""


@pytest.fixture
def site(tmp_path):
    (tmp_path / "models.py").write_text(MODELS)
    return tmp_path


def suggested(report):
    """The code to write by the message that it belongs to, of the findings that are left."""
    found = {}
    for result in report.results:
        for finding in result.remaining:
            if finding.applicability is Applicability.MANUAL and finding.suggestion:
                found[finding.message] = finding.suggestion
    return found


def test_code_to_write_is_the_same_before_and_after_the_rewrite(site):
    before = suggested(scan([site], base=site))
    applied = suggested(apply([site], base=site))
    assert before == applied
    message = "whether cache_to of Photo.named is a callable can't be told"
    named = before[message]
    # The rewrite has added the import by now.
    again = suggested(scan([site], base=site))
    again[message] = f"from imagekit.cachefiles.backends import Simple\n{again[message]}"
    assert before == again
    assert "processors = [ResizeToFit(60, 60, upscale=False)]" in named
    assert "cachefile_strategy = 'imagekit.cachefiles.strategies.Optimistic'" in named
    assert "[ResizeToFit(60, 60, upscale=False)]" in before["processors of Photo.stored is a callable"]


def test_a_spec_class_to_write_holds_all_that_the_field_holds(site):
    code = suggested(scan([site], base=site))
    picked = code["processors of Photo.picked may be a callable"]
    assert "return pick(instance=instance, file=self.source)" in picked
    assert "os.path.join(os.path.normpath('thumbs/'), os.path.basename(self.source.name))" in picked
    assert "cachefile_backend = Simple()" in picked
    assert "cachefile_strategy = 'imagekit.cachefiles.strategies.Optimistic'" in picked
    for message in (
        "processors of Photo.both is a callable",
        "whether cache_to of Photo.both is a callable can't be told",
    ):
        assert "    def processors(self):" in code[message]
        assert "    def cachefile_name(self):" in code[message]
        assert "cachefile_strategy = ...  # what Own() did" in code[message]
    for text in code.values():
        if "class " in text:
            compile(text, "suggestion", "exec")


def test_a_directory_that_is_not_rewritten_comes_with_the_class_to_write(tmp_path):
    (tmp_path / "models.py").write_text("""\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


def column(width):
    return width * 70, 40


class Banner(models.Model):
    size = column(9)
    picture = models.ImageField(upload_to='banners')
    wide = ImageSpecField([ResizeToFill(size[0], 40)], image_field='picture', cache_to='wide/')
""")
    code = suggested(scan([tmp_path], base=tmp_path))["cache_to of Banner.wide is a directory"]
    compile(code, "suggestion", "exec")
    assert "class BannerWide(ImageSpec):\n    processors = [ResizeToFill(size[0], 40)]" in code
    assert "os.path.join(os.path.normpath('wide/'), os.path.basename(self.source.name))" in code
    assert code.endswith("wide = ImageSpecField(source='picture', spec=BannerWide)")


def test_code_to_write_comes_with_its_imports(tmp_path):
    (tmp_path / "models.py").write_text("""\
from django.db import models
from elsewhere import Own
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    own = ImageSpecField([], image_field='image', image_cache_backend=Own())
""")
    report = scan([tmp_path], base=tmp_path)
    own = suggested(report)["Photo.own has an image cache backend of the project's own: Own()"]
    assert own.startswith("from imagekit.cachefiles.backends import Simple\n\ncachefile_backend=Simple(),")
    receiver = next(finding.suggestion for finding in report.findings if finding.rule.code == "IK513")
    assert receiver.startswith(
        "from django.db.models.signals import post_delete\nfrom django.dispatch import receiver\n\n@receiver("
    )
    compile(receiver, "suggestion", "exec")
