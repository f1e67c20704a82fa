"""What became of an alert: status, recipients, explanation."""
