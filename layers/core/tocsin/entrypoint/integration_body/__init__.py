"""Bodies, answers and operations of integrations and their alerts."""
