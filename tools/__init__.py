"""The development environment: Odoo, PostgreSQL and a browser with one command.

Everything here runs on the system's own Python before any package is installed,
so it uses the standard library only. ``python3 -m tools help`` lists the commands.
"""
