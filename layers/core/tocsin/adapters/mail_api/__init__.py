"""Mails by the APIs of Microsoft and Google, and the tokens for them."""
