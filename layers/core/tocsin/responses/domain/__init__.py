"""Values and pure decisions of responses."""
