"""DynamoDB: one table, `core`. Every row and access pattern stands in docs/data-model.md."""
