"""Who knocks. What each holds is told here, not looked up."""

from dataclasses import dataclass

from tests.accounts.test_roles_migration import ROLES

ALL = None


@dataclass(frozen=True)
class Actor:
    name: str
    # Names of rights; ALL is a superuser's.
    rights: frozenset[str] | None = frozenset()
    # Codes of branches; ALL reaches everybody.
    branches: frozenset[str] | None = ALL
    is_staff: bool = True
    is_signed_in: bool = True
    is_active: bool = True
    role: str = ""

    def holds(self, *rights: str) -> bool:
        return self.rights is ALL or self.rights >= {*rights}

    def holds_any(self, *rights: str) -> bool:
        return self.rights is ALL or bool(self.rights & {*rights})

    @property
    def gets_in(self) -> bool:
        return self.is_signed_in and self.is_active and self.is_staff


def kinds() -> list[Actor]:
    """The kinds that every run knocks with."""
    roles = {name: frozenset(rights) for name, rights in ROLES.items()}
    return [
        Actor("anonymous", is_signed_in=False),
        Actor("not staff", is_staff=False),
        Actor("not staff with rights", roles["Manager"], is_staff=False),
        Actor("deactivated meanwhile", roles["Manager"], is_active=False),
        Actor("superuser deactivated meanwhile", ALL, is_active=False),
        Actor("staff without rights"),
        *(Actor(name, rights, role=name) for name, rights in roles.items()),
        *(
            Actor(f"{name} of one branch", rights, frozenset({"NORTH"}), role=name)
            for name, rights in roles.items()
        ),
        Actor("Manager of no branch", roles["Manager"], frozenset(), role="Manager"),
        Actor("superuser", ALL),
    ]


def each_right_alone(names: list[str]) -> list[Actor]:
    return [Actor(f"only {name}", frozenset({name})) for name in names]
