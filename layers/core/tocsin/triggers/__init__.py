"""Keywords and links that set a stored alert off."""
