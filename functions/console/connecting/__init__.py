"""Pages on which a mailbox of Google or Microsoft is connected."""
