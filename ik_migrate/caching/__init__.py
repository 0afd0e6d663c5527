"""Image cache backends of ImageKit 2, and the strategies that they become."""
