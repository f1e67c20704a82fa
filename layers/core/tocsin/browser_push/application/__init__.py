"""Use cases of browser push."""
