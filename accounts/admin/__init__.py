from accounts.admin.people import UserAdmin
from accounts.admin.roles import RoleAdmin

__all__ = ["RoleAdmin", "UserAdmin"]
