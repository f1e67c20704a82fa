"""The simulated parties of tenant mail: the mail server of the demo tenant, Google and Microsoft."""
