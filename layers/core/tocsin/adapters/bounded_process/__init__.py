"""A process of our own with limits of CPU time and memory: what strangers send is parsed there. ADR 0083 says why."""
