"""Google and Microsoft, where owners of mailboxes consent that the system sends by them."""
