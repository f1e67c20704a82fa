"""The simulator: a page with the phones and mailboxes of the local engine, on which one answers as their owners."""
