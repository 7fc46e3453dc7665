"""What the verbs of the register and of visits ask, by noun."""
