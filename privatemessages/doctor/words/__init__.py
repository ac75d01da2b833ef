"""What a step that broke means, and what to do: sentences for whoever runs the site."""
