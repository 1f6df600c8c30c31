"""What the model holds and where it comes from: catalogue, sources, unused evidence, export."""
