"""What is due at an instant, and the wake-up of its worker."""
