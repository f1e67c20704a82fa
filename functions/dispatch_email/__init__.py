"""The email worker: it processes the dispatch jobs of the email queues and submits mails to a provider."""
