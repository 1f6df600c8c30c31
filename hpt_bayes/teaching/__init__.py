"""Teaching: patients revealed step by step, probabilities committed, studies ordered, everything scored."""
