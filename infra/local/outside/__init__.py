"""The simulated carrier, mailboxes and webhook endpoint for the local engine.

They get messages from the engine's SNS and SES. Their events arrive by the same topics, queue and bucket as on AWS.
Only `provider_ids` reads the system's own data, and `scripted_phone` the state of a dialogue.
"""
