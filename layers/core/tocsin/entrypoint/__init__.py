"""What every Lambda trigger shares: the HTTP app, error answers, queue batches, settings, logging."""
