"""The one-machine runner: the same template as production, deployed into an engine on this machine."""
