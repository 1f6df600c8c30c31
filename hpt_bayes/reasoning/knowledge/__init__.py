"""What the model holds and where it comes from: catalogue, sources, what each number does, export."""
