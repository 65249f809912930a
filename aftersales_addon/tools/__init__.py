"""Pure functions: no ORM, no database, so that they can be property-tested."""
