"""The probe: looks at the spec fields of a Django project, from within the project's own interpreter.

ik-migrate never imports these modules. It sends their text to the interpreter that the project runs on, see `loader`.
So they are for Python 2.7 and 3, and need only the standard library, Django 1.4 or later, django-imagekit 2.0 or later,
and PIL.

What the probe finds goes to standard output, one JSON object per line; everything that the project itself prints goes
to standard error. The probe changes nothing: see `overlay`, `databases`, `side_effects` and `writing`.
"""
