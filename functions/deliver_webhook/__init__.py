"""Posts each event of an alert to the client's webhook endpoint."""
