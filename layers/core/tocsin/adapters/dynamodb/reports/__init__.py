"""Reports in DynamoDB."""
