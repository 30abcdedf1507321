"""A system for Docker Compose: one file for one machine, and what stands beside it."""
