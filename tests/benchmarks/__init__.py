"""Budgets, measured honestly: ratios taken in one run, denominators of our own, distinct deliveries counted at the stub."""
