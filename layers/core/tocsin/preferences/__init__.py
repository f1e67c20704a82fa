"""What each person wants to hear of, and how they want to be told."""
