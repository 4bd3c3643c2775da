"""What work can do, one module per subject: cases, tasks, the desk, lists, history."""
