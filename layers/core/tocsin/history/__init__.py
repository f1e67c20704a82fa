"""The history of an alert: status, recipients, responses, explanation."""
