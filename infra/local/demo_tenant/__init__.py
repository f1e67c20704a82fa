"""The demo tenant of the local engine: its keys, people and contact group, and the alert that is sent to it."""
