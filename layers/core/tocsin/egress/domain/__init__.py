"""Values and pure decisions of egress."""
