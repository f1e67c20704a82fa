"""Takes in what the providers tell about messages, and what people send back."""
