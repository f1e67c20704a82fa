"""Results posted to the client, signed and retried until the receiver accepts them."""
