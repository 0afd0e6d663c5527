"""What a run has to say, for people and for programs; each module is imported when it is asked for."""
