"""The email worker: orders from the email queues become mails at a mail server."""
