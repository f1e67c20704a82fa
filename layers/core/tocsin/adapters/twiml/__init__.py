"""Calls by providers that speak TwiML: Twilio, SignalWire, Telnyx and Somleng."""
