"""Rules of tenant mail."""
