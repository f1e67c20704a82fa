"""The routes of the console, a module for each area."""
