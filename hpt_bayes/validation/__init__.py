"""How well the model returns what is published: targets, published cases, workflow, calibration on its own patients."""
