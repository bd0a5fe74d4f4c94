"""Runs in the formats of other tools. Each module writes one format; nothing here reads any."""
