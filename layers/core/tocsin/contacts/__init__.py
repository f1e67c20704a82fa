"""Who can be reached, and where: numbers, mailboxes, contacts and groups."""
