"""Time: what is due runs, what is not is set again."""
