"""Persons, schools, teams, roles, sign-in and authorisation.

Owns who there is (agency, school, person), who may enter (account, user session, throttle, second
factor) and who may do what (role grant, ``authorise``: the one place where that is decided).
"""
