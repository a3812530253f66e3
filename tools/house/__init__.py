"""The rules of the house that a machine can check; tools/tidy runs them."""
