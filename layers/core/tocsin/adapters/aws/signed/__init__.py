"""Thin signed clients for the calls made once per slice or per message.

They answer to boto3's method names with boto3's shapes and raise botocore's exceptions, so an adapter cannot tell them
apart; the adapters' contract suites run on both. What they leave out is what costs botocore its 0.7 ms a call and its
0.3 s at import: models, validation, endpoint rules, hooks.
"""
