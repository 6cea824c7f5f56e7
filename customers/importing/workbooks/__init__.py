"""Workbooks (Office Open XML, ISO/IEC 29500) as tables of text.

Read as a stream, in little memory, from files that nobody vouches for. The doors are
`find_sheet` and `records` in `reading`.
"""
