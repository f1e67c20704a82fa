"""Pages of callbacks: the addresses that results are posted to, and what became of each event."""
