"""What is done with telephony events."""
