"""HTTP to use case and back: Blueprint factories that are given their use cases."""
