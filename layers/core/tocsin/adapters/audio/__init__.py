"""Recordings of clients become what the telephone network plays. ADR 0111 says with what."""
