"""The values and pure decisions of delivery."""
