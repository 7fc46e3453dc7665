"""What ./dev is made of, by noun. Standard library only, for it runs before anything is installed."""
