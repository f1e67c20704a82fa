"""Values and pure decisions of suppressions."""
