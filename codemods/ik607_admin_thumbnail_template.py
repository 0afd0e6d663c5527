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
        "`AdminThumbnail` of ImageKit 3 looks for an attribute `source` that a spec file does not have, and hands"
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
    if "original_image" in text and not file.project.faithful and _is_admin_template(file):
        start = text.index("original_image")
        message = "this is the project's own template for AdminThumbnail"
        place = (start, start + len("original_image"))
        yield make_finding_at(RULE, file, place, message, Applicability.NOTICE)


def _is_admin_template(file: TextFile) -> bool:
    """Whether ``AdminThumbnail`` uses a template: the default one, or one that it is given."""
    names = {_ADMIN_TEMPLATE, *file.project.around.admin_templates}
    return any(f"/{file.path}".endswith(f"/{name.lstrip('/')}") for name in names if name)
