"""Pages of the register and of visits, by noun."""
