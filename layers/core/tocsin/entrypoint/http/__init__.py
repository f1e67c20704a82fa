"""HTTP: the app, strict JSON, request models, error responses."""
