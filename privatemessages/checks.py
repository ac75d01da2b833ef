"""What a project's settings lack, said before a server starts."""
