"""What the Lambda functions share: HTTP app, error responses, queue batches, settings, logging."""
