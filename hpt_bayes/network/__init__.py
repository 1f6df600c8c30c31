"""What is believed: variables, tables, sites, analytes, studies, read from model files and checked."""
