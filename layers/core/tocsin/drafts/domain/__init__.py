"""The draft of a form."""
