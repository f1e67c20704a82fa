"""What comes in: provider reports, texts and mails."""
