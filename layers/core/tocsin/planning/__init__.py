"""What a send would do, before it is done."""
