"""The Django models that rules show as their examples."""

from __future__ import annotations

_IMPORTS = ("from imagekit.models import ImageSpecField", "from imagekit.processors import ResizeToFill")


def photo_model(*attributes: str, imports: tuple[str, ...] = _IMPORTS, below: str = "") -> str:
    """Return a file with a model ``Photo`` that has an ``image``.

    Args:
        attributes: its lines after the image, without indentation.
        imports: the import statements after that of Django's models.
        below: what follows the model, after two blank lines.
    """
    head = "\n".join(["from django.db import models", *imports])
    body = "\n".join(f"    {line}" for line in ("image = models.ImageField(upload_to='photos')", *attributes))
    return f"{head}\n\n\nclass Photo(models.Model):\n{body}\n" + (f"\n\n{below}" if below else "")


ONE_FIELD = photo_model("small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')")
"""A model with a field as ImageKit 2 wants it."""
ONE_FIELD_AFTER = ONE_FIELD.replace("image_field=", "source=")
"""The same after ``apply``."""
