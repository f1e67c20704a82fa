"""What every process has: settings, clock, chance, logging."""
