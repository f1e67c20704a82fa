"""The nouns of alerting: values and pure decisions, standard library only (and `phonenumbers`)."""
