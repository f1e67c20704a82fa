"""Tenant mail in DynamoDB."""
