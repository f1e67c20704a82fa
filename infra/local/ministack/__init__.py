"""What the engine, MiniStack, does otherwise for us: its process, and a patch a module."""
