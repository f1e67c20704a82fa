"""What every subject uses: ids, errors, and the ports of time, randomness and encryption."""
