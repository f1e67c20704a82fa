"""Integrations and the subscriptions to their alerts in DynamoDB."""
