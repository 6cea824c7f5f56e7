"""Everything that `manage.py up`, `make demo` and `make test` need to run the desk's servers. Imports no Django."""
