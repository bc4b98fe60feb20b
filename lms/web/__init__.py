"""What every page has: routing rules, base templates, components, static files, error pages.

Knows how a page is served safely and how it looks; knows nothing about what it shows.
"""
