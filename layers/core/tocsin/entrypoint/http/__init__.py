"""HTTP: the app, strict JSON, shapes on the wire, errors as answers."""
