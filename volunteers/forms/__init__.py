"""Shape and wording of what people type about volunteering, one module a noun."""
