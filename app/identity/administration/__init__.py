"""Who works here, looked after by an administrator: inviting, changing, ending, letting back."""
