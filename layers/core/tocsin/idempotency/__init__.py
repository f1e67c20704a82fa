"""The same call twice has one effect and one answer."""
