"""Alert rules in DynamoDB."""
