"""Pages of telephony events: what telephone systems told, and what alert rules made of it."""
