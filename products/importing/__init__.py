"""Products as shops' exports hold them: a kind of the machine of imports."""
