"""What a site says of itself to who runs it: log lines, figures for Prometheus, whether it lives and is ready."""
