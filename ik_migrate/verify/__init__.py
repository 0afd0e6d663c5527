"""Record the images that a site generates before its migration, and compare them with those after it."""
