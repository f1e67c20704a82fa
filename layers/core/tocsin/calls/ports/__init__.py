"""What calls need from outside."""
