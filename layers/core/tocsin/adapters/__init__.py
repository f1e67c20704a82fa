"""Adapters, one package per vendor. Only this package imports boto3, botocore and PynamoDB."""
