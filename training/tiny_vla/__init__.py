"""Three small policies in PyTorch, with the tensor names and configs of the checkpoints that they stand for."""
