"""The worker of timers: due timers run, early orders are enqueued again."""
