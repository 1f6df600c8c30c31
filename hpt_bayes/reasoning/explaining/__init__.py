"""Why: what each finding weighs, what would overturn the answer, whether the findings agree, what it rests on."""
