"""Staff who reach the people of some branches alone, and people of several."""

from accounts.models import RoleLimit, User
from readers.models import Branch, Reader
from tests.conftest import make_staff


def limit_role(role, *branches):
    limit, _made = RoleLimit.objects.get_or_create(role=role)
    limit.branches.set(branches)


def branch_named(code):
    branch, _made = Branch.objects.get_or_create(
        code=code, defaults={"name": code.title()}
    )
    return branch


def person_of(code, username, **values):
    """Somebody of this branch; of none when the code is empty."""
    person = User.objects.create_user(username, f"{username}@example.org", **values)
    branch = branch_named(code) if code else None
    Reader.objects.filter(user=person).update(branch=branch)
    return User.objects.get(pk=person.pk)


def limited_staff(username, role_name, *codes):
    """Staff with a role that is limited to these branches."""
    staff = make_staff(username, role_name)
    limit_role(staff.groups.get(), *map(branch_named, codes))
    return User.objects.get(pk=staff.pk)
