"""What happened in an account on one day, mailed to who administers it."""
