"""Pages of orders: the menu and the wall, one's own, the helper's, the desk's."""
