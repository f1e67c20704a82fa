"""EventBridge Scheduler: wakes up timers that are more than 15 minutes away."""
