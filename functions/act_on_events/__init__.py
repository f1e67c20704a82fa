"""Does what telephony events bring about: runs alert rules, follows lines, gathers the legs of calls."""
