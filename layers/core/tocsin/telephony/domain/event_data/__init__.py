"""What the data of events is made of: shapes of values, fields, and both as JSON Schema."""
