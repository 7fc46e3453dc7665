"""Pages that belong to all: what each app shows there it says in its parts."""
