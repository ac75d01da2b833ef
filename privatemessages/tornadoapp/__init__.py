"""The WebSocket server. Only this package and its command know Tornado."""
