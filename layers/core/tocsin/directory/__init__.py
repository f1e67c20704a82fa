"""The directory: companies, people, lines, phone numbers, groups and roles of a tenant."""
