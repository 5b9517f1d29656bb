"""Settings, URLs and the way in from the web server."""
