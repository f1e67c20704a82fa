"""Request and response bodies, and their conversion to and from the values of the use cases."""
