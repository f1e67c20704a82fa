"""Bodies and answers of tenant mail."""
