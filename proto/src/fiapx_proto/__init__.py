"""The questions that FIAP X's services ask each other (generated from proto/fiapx)."""
