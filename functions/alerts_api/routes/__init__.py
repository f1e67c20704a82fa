"""The routes: factories of Blueprints that call use cases."""
