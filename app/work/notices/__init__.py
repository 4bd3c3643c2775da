"""What somebody is told inside the application: new on their list, at risk, too late, reopened."""
