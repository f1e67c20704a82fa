"""What an operator does that no client may: customers, their credentials, and who must not be contacted."""
