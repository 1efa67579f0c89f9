"""The site: what its pages say."""
