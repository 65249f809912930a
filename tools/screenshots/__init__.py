"""Pictures of every screen for the app's page, and the artwork it comes with."""
