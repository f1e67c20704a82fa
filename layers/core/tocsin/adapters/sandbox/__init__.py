"""The providers of sandbox keys: everything is real but the last call. See `senders` for the magic recipients."""
