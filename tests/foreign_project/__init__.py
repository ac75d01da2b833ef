"""The app in projects that are not ours: a fresh one, and one with habits of its own."""
