"""flipshift."""
