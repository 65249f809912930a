"""What ``python3 -m tools <command>`` runs: one module for each command."""
