"""Pages of tenant mail: the mail server, its templates, and what became of mails."""
