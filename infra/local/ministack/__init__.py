"""The process of the engine, which is MiniStack, and what is patched in it, a module each."""
