"""Results posted to the client, signed, until they are taken."""
