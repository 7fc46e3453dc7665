"""A throw-away app: this folder and one line of settings are all there is to it (test_parts.py)."""
