"""DynamoDB: the table `core`, as `docs/data-model.md` lays it out."""
