"""What each vendor's payloads mean: one table a vendor, with the sources of its facts."""
