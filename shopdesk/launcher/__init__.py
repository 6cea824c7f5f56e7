"""What `manage.py up`, `make demo` and `make test` run the desk's servers with. No Django here."""
