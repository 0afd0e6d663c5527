"""Python files of a Django project, made up: some that use ImageKit 2, most that have nothing to do with it."""

from __future__ import annotations

from random import Random

_WORDS = (
    *("account", "address", "album", "amount", "article", "author", "basket", "branch", "budget", "camera", "cart"),
    *("chapter", "city", "client", "comment", "country", "course", "customer", "delivery", "desk", "event", "film"),
    *("gallery", "group", "guest", "hall", "invoice", "issue", "journal", "label", "lesson", "letter", "member"),
    *("message", "network", "note", "order", "page", "parcel", "payment", "person", "place", "poster", "print"),
    *("project", "receipt", "region", "report", "review", "room", "school", "season", "seller", "ship", "station"),
    *("storey", "street", "subject", "teacher", "ticket", "tour", "town", "trade", "travel", "village", "voucher"),
)

_HEAD = '''"""{title}."""
import datetime
import logging

from django.conf import settings
from django.core.urlresolvers import reverse
from django.db import models
from django.utils.translation import ugettext_lazy as _

log = logging.getLogger(__name__)

'''

_MODEL = '''
class {Name}(models.Model):
    """One {name}, as the {other} department keeps it."""

    {a} = models.CharField(_('{a}'), max_length={number}, blank=True)
    {b} = models.ForeignKey(settings.AUTH_USER_MODEL, related_name='{name}_{b}', null=True)
    {c}_date = models.DateTimeField(default=datetime.datetime.now)
    {d} = models.PositiveIntegerField(default={number})

    class Meta:
        ordering = ['-{c}_date', '{a}']
        verbose_name = _('{name}')

    def __unicode__(self):
        return u'%s (%s)' % (self.{a}, self.{d})

    def get_absolute_url(self):
        return reverse('{name}-detail', kwargs={{'pk': self.pk}})

    def {verb}_{other}(self, {b}, limit={number}):
        """Carry over what was {verb}ed since the last {c}."""
        total = 0
        for item in self.{b}_set.filter({d}__gt=limit).select_related('{b}'):
            if item.{a} is None or not item.{a}.strip():
                log.warning('no {a} for %s', item.pk)
                continue
            total += item.{d} * limit
        if total > {number}:
            self.{d} = min(total, settings.LARGEST_{NAME})
            self.save()
        return {{'{a}': self.{a}, '{c}': self.{c}_date.isoformat(), 'total': total}}
'''

_SPECS = (
    """    {field} = ImageSpecField([ResizeToFit({number}, {number})], image_field='picture', format='JPEG',
                             options={{'quality': 85}})
""",
    """    {field} = ImageSpecField(
        image_field='picture',
        processors=[Adjust(contrast=1.2), ResizeToFill({number}, 80)],
        format='JPEG',
        options={{'quality': 90}},  # as the printers want it
    )
""",
    """    {field} = ImageSpecField(image_field='picture', processors=[SmartResize({number}, {number})], pre_cache=True)
""",
    """    {field} = ImageSpecField(
        [ResizeToFill({number}, {number})], image_field='picture', format='PNG',
        image_cache_backend=NonValidatingImageCacheBackend())
""",
    """    {field} = ImageSpecField(
        processors=lambda instance, file: [ResizeToFit(instance.width, {number})],
        image_field='picture', cache_to=named_after_{name})
""",
)

_FIELDS = ("thumbnail", "small_picture", "banner", "preview", "card", "poster_size", "list_icon", "print_size")

_IMPORTS = """from imagekit.imagecache import NonValidatingImageCacheBackend
from imagekit.models import ImageSpecField
from imagekit.processors import Adjust, ResizeToFill, ResizeToFit, SmartResize

"""

_PICTURES = """
def named_after_{name}(instance, path, specname, extension):
    return '{name}s/%s-%s%s' % (instance.pk, specname, extension)


class {Name}Picture(models.Model):
    picture = models.ImageField(upload_to='{name}s')
    width = models.PositiveIntegerField(default={number})
"""

_USER = '''
def {verb}_{name}_pictures(queryset):
    """Make the pictures of the {name}s before the shop opens."""
    for {name} in queryset:
        if {name}.thumbnail.source_file:
            {name}.thumbnail.validate()
        log.info('%s: %s', {name}.pk, {name}.banner.url)
'''


def plain_module(random: Random, size: int) -> str:
    """A module of about ``size`` bytes that has nothing to do with ImageKit."""
    parts = [_HEAD.format(title=_title(random))]
    while sum(map(len, parts)) < size:
        parts.append(_filled(_MODEL, random))
    return "".join(parts)


def models_with_specs(random: Random, fields: int, size: int) -> str:
    """A ``models.py`` of ImageKit 2.

    Args:
        random: chooses the words.
        fields: how many spec fields it has, four to a model.
        size: its length in bytes, at the least.
    """
    parts = [_HEAD.format(title=_title(random)).replace("from django.db", f"{_IMPORTS}from django.db", 1)]
    for index in range(fields):
        if index % 4 == 0:
            name = f"{random.choice(_WORDS)}{index or ''}"
            parts.append(_filled(_PICTURES, random, name))
        spec = random.choice(_SPECS)
        parts.append(spec.format(field=_FIELDS[index % 8], name=name, number=random.randrange(40, 900)))
        if index % 4 == 3:
            parts.append(_filled(_MODEL, random))
    while sum(map(len, parts)) < size:
        parts.append(_filled(_MODEL, random))
    return "".join(parts)


def views_of_pictures(random: Random, size: int) -> str:
    """A module that uses the files of spec fields and does not mention ImageKit."""
    return plain_module(random, size) + _filled(_USER, random)


def _title(random: Random) -> str:
    return f"{random.choice(_WORDS).title()} and {random.choice(_WORDS)}"


def _filled(template: str, random: Random, name: str = "") -> str:
    name = name or f"{random.choice(_WORDS)}_{random.choice(_WORDS)}"
    a, b, c, d, other = random.sample(_WORDS, 5)
    verb = random.choice(("book", "check", "deliver", "export", "import", "print", "report", "sort"))
    capital = "".join(part.title() for part in name.split("_"))
    return template.format(
        name=name,
        Name=capital,
        NAME=name.upper(),
        number=random.randrange(10, 900),
        **{"a": a, "b": b, "c": c, "d": d, "other": other, "verb": verb},
    )
