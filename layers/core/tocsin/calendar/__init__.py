"""Time as people keep it: zones, quiet hours, windows, spans and repeats."""
