"""Redis: the outbox, the channels, and the only code that speaks to it."""
