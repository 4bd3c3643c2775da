"""How each kind of photo file is wrapped: walked to its end, no pixel decoded, pure Python."""
