"""The alert in a request body or a store: its models, used by the API and when a stored alert is sent."""
