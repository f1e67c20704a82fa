"""The world around a system on one machine: a carrier, mailboxes and a receiver of callbacks that play along.

What leaves the system reaches them the way the engine lets it out, and what they tell comes in through the same topics,
queue and bucket as on AWS. Nothing here reads or writes the system's own data, with one exception: `provider_ids`.
"""
