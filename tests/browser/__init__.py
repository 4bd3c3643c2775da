"""Pages in a real Chromium, as a resident meets them."""
