"""Pages of courses: what everybody may see, taking a seat, one's own things, and the staff's work."""
