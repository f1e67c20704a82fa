"""Pages of contact groups: the groups, their people and sets, and people from a table."""
