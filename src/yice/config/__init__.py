"""Settings, urls, the web server's door and the `yice` command."""
