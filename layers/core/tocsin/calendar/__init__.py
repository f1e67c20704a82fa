"""Civil time: zones, quiet hours, time windows, durations and repeats."""
