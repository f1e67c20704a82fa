"""A browser that is pushed to, on the local engine."""
