"""A scripted telephone system: it plays a day, and tells it as four vendors do."""
