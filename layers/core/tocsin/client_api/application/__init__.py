"""The use cases of the client API that change several subjects: one module each."""
