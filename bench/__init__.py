"""What one worker costs, beside the naive design: `python -m bench`."""
