"""A school's flagship programme (Program Unggulan) with school, family and community.

Owns a school's plan: its lines with baseline and target and the roles of the three centres of
education, the measurements taken on the way, and the review of the plan.
"""
