"""Rows of privacy in the table: the ledger of erasures, and the walk that erases a person."""
