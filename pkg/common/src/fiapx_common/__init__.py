"""FIAP X's technical kit: knows no video and no user."""
