"""How payloads of vendors become events: tables, compiled once."""
