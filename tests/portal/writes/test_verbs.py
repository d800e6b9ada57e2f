"""Each verb that Django has for writing: an act of its own in the shell, or refused."""

from itertools import count

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, models

from accounts.models import RoleLimit, User
from portal.history.acts import Actor, acting
from portal.history.querysets import TrackedQuerySet
from portal.history.snapshot import tracked_models
from readers.models import Branch, Category, Reader
from tests.portal.pages import label
from tests.portal.writes.table import call

pytestmark = pytest.mark.django_db

each_model = pytest.mark.parametrize("model", tracked_models(), ids=label)
numbers = count()


def both(*verbs):
    """Each verb, and the same for who awaits it."""
    every = [f"{a}{verb}" for verb in verbs for a in ("", "a")]
    return pytest.mark.parametrize("verb", every)


def values_for(model):
    """What a new object of the model needs."""
    name = f"n{next(numbers)}"
    if model is Reader:
        User.objects.create_user(name)
        Reader.objects.filter(user__username=name).delete()
        return {"user": User.objects.get(username=name)}
    if model is RoleLimit:
        return {"role": Group.objects.create(name=name)}
    return {
        User: {"username": name},
        Branch: {"code": name, "name": name},
        Category: {"name": name},
        Group: {"name": name},
    }[model]


def changed(model):
    if model is RoleLimit:
        return values_for(model)
    names = {User: "first_name", Reader: "notes"}
    return {names.get(model, "name"): f"Changed {next(numbers)}"}


def rows(kind, model):
    """A person comes and goes with its Reader."""
    if model is User and kind != "~":
        return [f"{kind}reader {kind}user"]
    return [f"{kind}{model._meta.model_name}"]


# --- Objects ---------------------------------------------------------------------


def verbs_of(target):
    return {
        name
        for name in dir(target)
        if not name.startswith("_")
        and getattr(getattr(target, name), "alters_data", False)
    }


def test_no_verb_of_django_is_left_out():
    both_ways = {"create", "get_or_create", "update_or_create", "bulk_create"}
    both_ways |= {"update", "bulk_update", "delete"}
    every = both_ways | {f"a{verb}" for verb in both_ways}
    of_relations = {"add", "aadd", "remove", "aremove", "clear", "aclear"}
    of_relations |= {"set", "aset"}

    assert verbs_of(models.QuerySet) == every
    assert verbs_of(User.groups.related_manager_cls) - every == of_relations
    assert verbs_of(Branch.reader_set.related_manager_cls) - every == of_relations


@each_model
def test_no_manager_writes_past_history(model):
    assert model._default_manager is not model._base_manager
    for manager in model._meta.managers:
        assert isinstance(manager.get_queryset(), TrackedQuerySet), manager


@each_model
def test_no_key_is_written_by_the_database_or_past_the_signals(model):
    keys = [f for f in model._meta.concrete_fields if f.remote_field]

    recorded = {models.CASCADE, models.PROTECT, models.RESTRICT}
    assert all(key.remote_field.on_delete in recorded for key in keys)


@each_model
@both("save", "create", "get_or_create", "update_or_create", "bulk_create")
def test_creating_is_one_act(model, verb, since):
    values = values_for(model)
    left = since()
    if verb.endswith("save"):
        call(model(**values), verb)
    elif verb.endswith("bulk_create"):
        call(model.objects, verb, [model(**values)])
    else:
        call(model.objects, verb, **values)

    assert left() == rows("+", model)


@each_model
@both("save", "update", "update_or_create", "bulk_update")
def test_changing_is_one_act(model, verb, since):
    obj, values = model.objects.create(**values_for(model)), changed(model)
    [(name, value)] = values.items()
    left = since()
    setattr(obj, name, value)
    if verb.endswith("save"):
        call(obj, verb)
    elif verb.endswith("bulk_update"):
        call(model.objects, verb, [obj], [name])
    elif verb.endswith("update"):
        call(model.objects.filter(pk=obj.pk), verb, **values)
    else:
        call(model.objects, verb, values, pk=obj.pk)

    assert left() == rows("~", model)


@each_model
@both("delete")
@pytest.mark.parametrize("whose", ["object", "queryset"])
def test_deleting_is_one_act(model, verb, whose, since):
    obj = model.objects.create(**values_for(model))
    left = since()
    call(obj if whose == "object" else model.objects.filter(pk=obj.pk), verb)

    assert left() == rows("-", model)


@each_model
@pytest.mark.parametrize("conflicts", ["ignore_conflicts", "update_conflicts"])
def test_upsert_is_refused(model, conflicts, since):
    values = values_for(model)
    left = since()
    with pytest.raises(ValueError, match="cannot record history"):
        model.objects.bulk_create([model(**values)], **{conflicts: True})

    assert left() == []


@each_model
@pytest.mark.parametrize("key", ["pk", "id"])
def test_other_keys_are_refused(model, key, since):
    obj = model.objects.create(**values_for(model))
    left = since()
    with pytest.raises(ValueError, match="other keys"):
        model.objects.filter(pk=obj.pk).update(**{key: 10**6})

    assert left() == []


@each_model
@pytest.mark.parametrize("verb", ["save", "delete"])
def test_object_is_not_written_without_its_history(model, verb):
    obj = model.objects.create(**values_for(model))
    [(name, value)] = changed(model).items()
    setattr(obj, name, value)
    pk = obj.pk
    # An actor of no kind: the change set is refused by the database.
    with pytest.raises(IntegrityError), acting(Actor(kind=None)):
        getattr(obj, verb)()

    assert getattr(model.objects.get(pk=pk), name) != value
