"""What the promises about speed are measured with: every figure is a ratio against a limit of the same run."""
