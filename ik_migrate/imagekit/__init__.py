"""What the code of ImageKit 2 and 3 means."""
