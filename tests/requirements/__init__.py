"""Each line of the standards that applies to signing in and getting back in, as a test of its own.

ASVS is the OWASP Application Security Verification Standard 5.0.0, chapters V6 and V7; FP is the
OWASP Forgot Password Cheat Sheet. The number in a test's name is the requirement's. What is left
out stands in docs/security.md with its reason, and `test_documented` compares both.
"""
