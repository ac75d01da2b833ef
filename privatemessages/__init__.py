"""Real-time messages for any Django project."""
