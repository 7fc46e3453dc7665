"""Pages of volunteering: what there is to do, signing up, being there, and the staff's work."""

"""Pages of volunteering, one package or module a noun."""
