"""Customers who may be one person. Staff decide; nobody is merged by themselves."""
