"""AWS End User Messaging (API `pinpoint-sms-voice-v2`), as a provider of text messages."""
