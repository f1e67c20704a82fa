"""Routes of incidents: an alert with all steps of its escalation."""
