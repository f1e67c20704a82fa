"""Thin signed clients for the calls made once per batch or per message.

The clients have boto3's method names and shapes and raise botocore's exceptions; the adapters' contract suites run on
both. They lack models, validation, endpoint rules and hooks, which cost botocore 0.7 ms a call and 0.3 s at import.
"""
