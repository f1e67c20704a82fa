"""EventBridge Scheduler: the alarm clock of far timers."""
