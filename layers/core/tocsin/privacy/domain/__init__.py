"""Values and pure decisions of privacy."""
