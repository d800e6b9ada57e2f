"""The people, objects and jobs that addresses are about, and what stands in these."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.imports.options import ColumnChoice, ImportOptions
from accounts.models import RoleLimit, User
from portal.models import (
    ChangeSet,
    ExportJob,
    ImportJob,
    ImportRow,
    RevertJob,
    SecurityEvent,
)
from portal.outbox import post
from readers.models import Branch, Category, Reader
from tests.portal.pages import page
from tests.security.matrix.actors import ALL, Actor
from tests.security.matrix.doors import About, Door

PEOPLE = ("self", "peer", "superior", "own branch", "other branch", "deleted")
TARGETS = {
    About.NOTHING: ("",),
    About.PERSON: PEOPLE,
    About.OBJECT: ("there", "gone"),
    About.OF_A_PERSON: ("there", "gone"),
    About.ROLE: ("there", "gone"),
    About.OWN_JOB: ("own", "another's"),
    About.IMPORT_JOB: ("own", "another's"),
    About.EXPORT_JOB: ("own", "another's"),
    About.REVERT_JOB: ("own", "another's"),
}
GONE = 10**9


@dataclass
class Past:
    """What is left of somebody who was deleted."""

    pk: int
    history_id: int
    change_set: int


class Scene:
    """Everything there is for one actor; `client` is where they are signed in."""

    def __init__(self, actor: Actor) -> None:
        self.north = Branch.objects.create(code="NORTH", name="North")
        self.south = Branch.objects.create(code="SOUTH", name="South")
        self.category = Category.objects.create(name="Adult")
        self.user = self._account(actor, "self")
        self.people: dict[str, Any] = {
            "self": self.user,
            "peer": self._account(actor, "peer"),
            "superior": self._person("superior", self.north, is_superuser=True),
            "own branch": self._person("own", self.north),
            "other branch": self._person("other", self.south),
            "deleted": self._deleted(),
        }
        other = self.people["superior"]
        owners = {"own": self.user, "another's": other}
        self.imports = {whose: self._import(who) for whose, who in owners.items()}
        self.exports = {whose: self._export(who) for whose, who in owners.items()}
        self.reverts = {whose: self._revert(who) for whose, who in owners.items()}
        post("invitation", person=self.people["own branch"], actor=other)
        self.client = Client()
        if actor.is_signed_in:
            self.client.force_login(self.user)
        if not actor.is_active:
            User.objects.filter(pk=self.user.pk).update(is_active=False)

    def _account(self, actor: Actor, name: str) -> User:
        user = self._person(
            name,
            self.north,
            is_staff=actor.is_staff,
            is_superuser=actor.rights is ALL,
        )
        if actor.role:
            role = Group.objects.get(name=actor.role)
            user.groups.add(role)
            if actor.branches is not ALL:
                limit, _made = RoleLimit.objects.get_or_create(role=role)
                limit.branches.set(Branch.objects.filter(code__in=actor.branches))
        elif actor.rights:
            user.user_permissions.set(_permissions(actor.rights))
        return User.objects.select_related("reader").get(pk=user.pk)

    def _person(self, name: str, branch: Branch, **flags: bool) -> User:
        user = User.objects.create_user(name, f"{name}@example.org", **flags)
        Reader.objects.filter(user=user).update(branch=branch)
        return User.objects.select_related("reader").get(pk=user.pk)

    def _deleted(self) -> Past:
        person = self._person("deleted", self.north)
        past = Past(person.pk, 0, 0)
        person.delete()
        row = User.history.filter(id=past.pk).first()
        return Past(past.pk, row.history_id, row.change_set_id)

    def _import(self, owner: User) -> ImportJob:
        options = ImportOptions((ColumnChoice("Login", "username"),))
        job = ImportJob.objects.create(
            target="accounts.user",
            owner=owner,
            owner_name=owner.username,
            file_name="more.csv",
            format="csv",
            state=ImportJob.State.READY,
            options=options.to_json(),
            total=1,
            error_count=1,
        )
        ImportRow.objects.create(job=job, number=2, outcome="error", cells=["a b"])
        return job

    def _export(self, owner: User) -> ExportJob:
        return ExportJob.objects.create(
            target="accounts.user",
            owner=owner,
            owner_name=owner.username,
            file_name="people.csv",
            format="csv",
            columns=["username"],
            total=1,
            sight={"branches": [], "hidden": ["birth_date", "notes", "phone"]},
        )

    def _revert(self, owner: User) -> RevertJob:
        reverts = ChangeSet.objects.first()
        return RevertJob.objects.create(
            owner=owner, owner_name=owner.username, reverts=reverts
        )

    def parameters(self, door: Door, before: str, target: str) -> dict[str, Any]:
        """Name of a part of an address → what stands there."""
        values: dict[str, Any] = {
            "ending": "csv",
            "format": "csv",
            "number": 2,
            "job_id": self.imports.get(target, self.imports["own"]).pk,
        }
        if door.about is About.PERSON:
            return values | self._of_person(target)
        for model in admin.site._registry:
            if before.startswith(page(model, "changelist")):
                values |= self._of_object(model, target)
        return values

    def _of_person(self, target: str) -> dict[str, Any]:
        person = self.people[target]
        if isinstance(person, Past):
            newest, change_set = person.history_id, person.change_set
        else:
            row = person.history.first()
            newest, change_set = row.history_id, row.change_set_id
        return {
            "object_id": person.pk,
            "model_name": "user",
            "history_id": newest,
            "field_name": "first_name",
            "point": change_set,
        }

    def _of_object(self, model: Any, target: str) -> dict[str, Any]:
        jobs: dict[Any, dict[str, Any]] = {
            ImportJob: self.imports,
            ExportJob: self.exports,
            RevertJob: self.reverts,
        }
        if model in jobs and target != "gone":
            return {"object_id": jobs[model].get(target, jobs[model]["own"]).pk}
        found = model._base_manager.order_by("pk").first()
        if model is SecurityEvent:
            found = model.objects.filter(subject_id=self.people["own branch"].pk).last()
        values = {"object_id": found.pk if target == "there" else GONE}
        values["model_name"] = model._meta.model_name
        if hasattr(found, "history"):
            row = found.history.first()
            values |= {
                "history_id": row.history_id,
                "point": row.change_set_id,
                "field_name": "name",
            }
        return values

    def payload(self, target: str) -> dict[str, Any]:
        """A POST that would take all it can get, if anything lets it."""
        data: dict[str, Any] = {
            "username": f"taken.{target.replace(' ', '.') or 'x'}",
            "first_name": "Taken",
            "email": "taken@example.org",
            "name": "Taken",
            "is_active": "on",
            "is_staff": "on",
            "is_superuser": "on",
            "groups": list(Group.objects.values_list("pk", flat=True)),
            "user_permissions": [],
            "post": "yes",
            "confirm": "1",
            "rows": "all",
            "change_reason": "Proof",
            "reader-TOTAL_FORMS": 1,
            "reader-INITIAL_FORMS": 1,
        }
        person = self.people.get(target)
        reader = getattr(person, "reader", None)
        if reader is not None:
            data |= {
                "reader-0-id": reader.pk,
                "reader-0-user": person.pk,
                "reader-0-card_number": reader.card_number,
                "reader-0-joined_on": str(reader.joined_on),
                "reader-0-branch": reader.branch_id,
                "reader-0-notes": "Taken",
            }
        return data

    def state(self) -> tuple[Any, ...]:
        """What no refused request may move: every change is in a change set, but for
        passwords and jobs."""
        newest = ChangeSet.objects.order_by("-pk").values_list("pk").first()
        users = User.objects.order_by("pk").values_list("pk", "password", "is_active")
        imports = ImportJob.objects.order_by("pk").values_list("pk", "state", "options")
        exports = ExportJob.objects.order_by("pk").values_list("pk", "state")
        return newest, list(users), list(imports), list(exports)

    def rows_of(self, targets: Iterator[str] | tuple[str, ...]) -> list[Any]:
        """All that these people are, to see whether anything of it has moved."""
        keys = [self.people[target].pk for target in targets]
        users = User.objects.filter(pk__in=keys).order_by("pk")
        return [
            list(users.values()),
            list(users.values_list("pk", "groups").order_by("pk", "groups")),
            list(Reader.objects.filter(user__in=keys).order_by("pk").values()),
        ]


def _permissions(names: frozenset[str]) -> list[Permission]:
    return [
        Permission.objects.get(content_type__app_label=app, codename=codename)
        for app, codename in (name.split(".") for name in sorted(names))
    ]
