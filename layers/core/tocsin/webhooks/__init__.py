"""Results posted to the client, signed and retried until the receiver accepts them, or put on the event bus."""
