"""``python -m ik_migrate``: the same as the ``ik-migrate`` command."""

import os
import sys

if __name__ == "__main__":
    # Python puts the current folder first. That is the user's project, whose modules are none of ours.
    first = sys.path[0] or os.curdir
    # Do not look up the current folder: it may have been removed.
    if os.path.isdir(first) and os.path.samefile(first, os.curdir):
        del sys.path[0]

    from ik_migrate.cli import main

    main(prog_name="ik-migrate")
