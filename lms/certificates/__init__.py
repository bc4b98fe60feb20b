"""Certificates: ready or blocked, issued in one go, printed, verified by anybody, replaced, revoked.

A certificate is a snapshot: it outlives names, plugins and programmes. Nothing is ever deleted.
"""
