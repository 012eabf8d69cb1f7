"""The network of service: organisations, facilities, posts and what is known of places, as registers of them come in."""
