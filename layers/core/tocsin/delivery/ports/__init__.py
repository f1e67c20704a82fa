"""The ports of delivery."""
