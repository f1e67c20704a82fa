"""Alert rules as files that people keep, print and post again."""
