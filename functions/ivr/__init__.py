"""Says what a call that goes on does next."""
