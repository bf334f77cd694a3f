"""Planner, worker, assembler."""
