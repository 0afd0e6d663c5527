"""Files and folders: found, read, written, and what git knows of them."""
