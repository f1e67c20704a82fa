"""Telephones of the desk: the simulated telephone network calls them by SIP (make phone SIP=…)."""
