"""Bodies and answers about stored content."""
