"""What the AWS adapters share: the clients, and the table that turns service responses into submission outcomes."""
