"""The names in the submodules of ``imagekit.processors``, and where they can be imported from ever since.

Read from ``imagekit/processors/`` of 2.0.4; that they are there was checked with 3.0.4 (PILKit 1.1.13) and 6.1.1
(PILKit 3.0). ``Side`` is not in ``__all__`` of ``imagekit.processors``, but can be imported from it by name.
"""

from __future__ import annotations

_PROCESSORS = "imagekit.processors"
_CROP = "pilkit.processors.crop"
_UTILS = "pilkit.processors.utils"

PLACES: dict[str, dict[str, str]] = {
    "imagekit.processors.base": dict.fromkeys(
        ("ProcessorPipeline", "Adjust", "Reflection", "Transpose", "Anchor", "MakeOpaque"), _PROCESSORS
    ),
    "imagekit.processors.crop": {
        **dict.fromkeys(("Side", "TrimBorderColor", "Crop", "SmartCrop", "Anchor"), _PROCESSORS),
        **dict.fromkeys(("detect_border_color", "_crop"), _CROP),
        "histogram_entropy": _UTILS,
    },
    "imagekit.processors.resize": dict.fromkeys(
        (
            *("Resize", "ResizeToCover", "ResizeToFill", "SmartResize", "ResizeCanvas", "AddBorder", "ResizeToFit"),
            *("Anchor", "Thumbnail"),
        ),
        _PROCESSORS,
    ),
    "imagekit.processors.utils": {"histogram_entropy": _UTILS},
}
"""By submodule: its names, and the module to import each from."""

SUBMODULES = frozenset(PLACES)

IK1_NAMES = {
    "imagekit.processors.resize.Fit": "ResizeToFit",
    "imagekit.processors.resize.Crop": "ResizeToFill",
    "imagekit.processors.crop.TrimColor": "TrimBorderColor",
    "imagekit.processors.TrimColor": "TrimBorderColor",
    "imagekit.processors.AutoConvert": "",
    "imagekit.processors.base.AutoConvert": "",
    "imagekit.processors.utils.AutoConvert": "",
}
"""ImageKit 1's names, which 2.0 did not have any more, and their successors; none where there is no such thing."""
