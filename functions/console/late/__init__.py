"""Pages of the console that are imported and made with the first request for one of them."""
