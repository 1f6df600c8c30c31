"""`python -m hpt_bayes` is the command line."""

from hpt_bayes.cli import main

if __name__ == "__main__":
    main()
