"""Who may read material: everybody who has a role (permission_matrix.csv, first row)."""

from lms.contract.actors import Permission, Reach, Role

PERMISSIONS = (Permission("modules.read", "Read the material.", tuple((role, Reach.ANY) for role in Role)),)
