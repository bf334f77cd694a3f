"""`make promises`: the figures of docs/reliability.md, measured on a whole platform that is struck and loaded."""
