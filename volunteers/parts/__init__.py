"""What volunteering says on pages that belong to all, one module for each app that it will be."""
