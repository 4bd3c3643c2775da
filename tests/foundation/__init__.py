"""The foundation keeps what it promises."""
