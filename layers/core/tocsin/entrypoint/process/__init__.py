"""What every process has: settings, clock, randomness, logging."""
