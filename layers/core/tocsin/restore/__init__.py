"""After a restore from a backup: what may have gone out since must not go out again."""
