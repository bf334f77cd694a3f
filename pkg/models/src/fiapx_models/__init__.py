"""The words that FIAP X's services share: statuses, options, media, events."""
