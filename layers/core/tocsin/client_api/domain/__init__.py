"""Values and decisions of verbs over several subjects."""
