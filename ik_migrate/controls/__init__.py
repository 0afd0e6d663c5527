"""What the user has a say in: options, configuration, comments to ignore, the baseline."""
