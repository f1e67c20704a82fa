"""What functions and their tests wire in the same way: the only package that knows all subjects and all adapters."""
