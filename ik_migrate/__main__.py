"""``python -m ik_migrate``: the same as the ``ik-migrate`` command."""

from ik_migrate.cli import main

if __name__ == "__main__":
    main(prog_name="ik-migrate")
