"""The page of the daily reports."""
