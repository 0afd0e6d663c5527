"""Move a Django code base from django-imagekit 2.x to 3.0 and later."""

__version__ = "0.1.0"
