"""Where this checkout lies."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
"""The folder that holds the Makefile."""

LOCAL = ROOT / "infrastructure" / "local"
"""This package's folder, with the mail catcher's node_modules."""
