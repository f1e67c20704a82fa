"""The sweeper: once a minute, what fell between two effects is picked up."""
