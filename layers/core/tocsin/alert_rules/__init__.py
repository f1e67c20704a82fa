"""Alert rules: which telephony events tell whom, and how."""
