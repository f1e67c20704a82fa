"""DynamoDB: one table, `core`. docs/data-model.md lists every row and access pattern."""
