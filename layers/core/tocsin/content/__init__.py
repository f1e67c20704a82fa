"""What a message says: options, keywords, SMS text, MIME mail, short URLs."""
