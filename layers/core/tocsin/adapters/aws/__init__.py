"""What all AWS adapters stand on: the clients, and what an answer of an AWS service to a hand-over means."""
