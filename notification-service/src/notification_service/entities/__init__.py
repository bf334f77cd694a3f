"""What is true on paper: mails, their recipients, languages, waits."""
