"""The simulated carrier, mailboxes, webhook endpoint and telephone network for the local engine.

They get messages from the engine's SNS and SES, and calls by Amazon Connect's API. Their events arrive by the same
topics, queue and bucket as on AWS. Only `provider_ids` reads the system's own data.
"""
