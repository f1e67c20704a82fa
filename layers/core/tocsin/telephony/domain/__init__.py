"""What telephony events are."""
