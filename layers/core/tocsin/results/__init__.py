"""Result events: what a client learns about its alerts, by collecting or by webhook, each event once."""
