"""Something is due at an instant: rows, queue, wake-up."""
