"""Routes of inboxes, and of browsers that are pushed to."""
