"""The checks of the code: those that read files, and those that need Odoo."""
