"""The form in which a person writes an alert, and what it would do."""
