"""Types of results, one module a question, generated from the JSON schemas of the libraries."""
