"""Wire shapes: what clients send, and its conversion to requests; what they get back."""
