"""The project's template for ``AdminThumbnail``."""

from __future__ import annotations

from collections.abc import Iterator

from ik_migrate.rules import Applicability, Finding, Rule, TextFile, checks_text, make_finding_at

RULE = Rule(
    code="IK607",
    name="admin-thumbnail-template",
    summary="`original_image` is the thumbnail itself in the template of `AdminThumbnail`",
    applicability=(Applicability.NOTICE,),
    why=(
        "`AdminThumbnail` of ImageKit 3 looks for the attribute `source` of a spec file, which there is not, and hands"
        " the thumbnail to the template as `original_image`."
    ),
    help="To link to the original image, write `thumbnail.generator.source.url` in this template.",
    source="imagekit/admin.py of 2.0.4 and of 3.0.4 to 6.1.1",
    before="""\
{# The thumbnail of django-imagekit in the lists of the admin #}
<a href="{{ original_image.url }}"><img src="{{ thumbnail.url }}"></a>
""",
    after="""\
{# The thumbnail of django-imagekit in the lists of the admin #}
<a href="{{ original_image.url }}"><img src="{{ thumbnail.url }}"></a>
""",
    path="templates/imagekit/admin/thumbnail.html",
)

_ADMIN_TEMPLATE = "imagekit/admin/thumbnail.html"


@checks_text(RULE)
def check_text(file: TextFile) -> Iterator[Finding]:
    """Report the project's template for ``AdminThumbnail``."""
    text = file.source.text
    if file.path.endswith(_ADMIN_TEMPLATE) and "original_image" in text:
        start = text.index("original_image")
        message = "this is the project's own template for AdminThumbnail"
        place = (start, start + len("original_image"))
        yield make_finding_at(RULE, file, place, message, Applicability.NOTICE)
