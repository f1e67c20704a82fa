"""How calls are made and taken: lines, dialling, the dialogue that goes on, and its end."""
