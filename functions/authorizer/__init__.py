"""From a bearer token to the tenant and key it belongs to."""
