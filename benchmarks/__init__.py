"""The same questions asked of hpt_bayes, pyAgrum and pgmpy in one process, and how cost grows."""
