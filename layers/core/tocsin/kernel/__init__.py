"""Words and promises everybody uses: ids, errors, the ports of time, chance and encryption."""
