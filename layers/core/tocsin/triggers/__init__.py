"""Keywords and links that send a stored alert."""
