"""Tocsin: telephony alerting and notification. Nouns in `domain`, verbs in `application`, vendors in `adapters`."""

import gc

from tocsin.made_methods import use_made_methods

use_made_methods()

# A start makes 60,000 objects that stay, and 700 that are garbage. With Python's own threshold it looks 140 times.
# A call to 10,000 receivers makes 27,000 objects, and none is in a cycle; looking for cycles was 3 % of its CPU.
gc.set_threshold(50_000)
