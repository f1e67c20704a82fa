"""Where a customer may make us connect to."""
