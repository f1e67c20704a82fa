"""Answers providers of calls that speak TwiML."""
