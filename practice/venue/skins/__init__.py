"""How the site's pages look and what they say, where nobody has seen those of the real one: one rendering a skin."""
