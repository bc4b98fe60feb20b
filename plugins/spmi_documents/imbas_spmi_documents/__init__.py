"""Quality report, quality mapping and plans of a school (SPMI documents).

Owns a school's quality report (eight standards, 0,00-7,00), the problems mapped from it in six
parts, and the plan lines that answer them. Every plan line points to a mapped problem.
"""
