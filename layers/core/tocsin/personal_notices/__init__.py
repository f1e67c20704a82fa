"""Who hears of a telephony event, and how each person is told."""
