"""The founding story of after-sales, played in a browser from sale to thanks."""
