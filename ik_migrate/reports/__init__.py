"""Reports of a run, for the terminal and for programs; each module is imported when it is used."""
