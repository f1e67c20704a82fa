"""The authorizer function: from a bearer token to its tenant and API key."""
