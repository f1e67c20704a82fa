"""Values and pure decisions of short links."""
