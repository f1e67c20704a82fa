"""The sweeper: once a minute, it finds and repairs work that was interrupted between two effects."""
