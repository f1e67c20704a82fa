"""Pages of alert rules: the lists, one rule with its triggers and notifications, a new one, its copy, owner and end."""
