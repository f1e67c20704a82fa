"""What telephony events need from outside."""
