"""Plans: what a send would do, without doing it."""
