"""Who may read material: everybody with a role in its agency (docs/authorisation.csv)."""

from lms.contract.actors import Permission, Reach, Role

PERMISSIONS = (
    Permission("modules.read", "Read the material.", tuple((role, Reach.MEMBER) for role in Role)),
)
