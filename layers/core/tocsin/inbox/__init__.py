"""What a person was told, as the console shows it: kept for thirty days."""
