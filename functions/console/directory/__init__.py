"""The directory on pages: companies, lines, phone numbers, groups, and imports."""
