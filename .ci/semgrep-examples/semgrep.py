# Lines that the rules in ../semgrep.yml find, and lines that they leave alone. Nobody
# runs this.

# ruleid: marked-safe
mark_safe(name)
# ruleid: marked-safe
safestring.mark_safe("<b>")
# ruleid: marked-safe
SafeString(name)
# ruleid: marked-safe
Engine(dirs, autoescape=False)
# ruleid: marked-safe
format_html(f"<b>{name}</b>")
# ok: marked-safe
format_html("<b>{}</b>", name)

# ruleid: unrecorded-write
rows._raw_delete(using)
# ruleid: unrecorded-write
User._base_manager.filter(pk=1).update(is_staff=True)
# ruleid: unrecorded-write
Reader._base_manager.bulk_create(readers)
# ruleid: unrecorded-write
models.QuerySet.update(people, is_active=False)
# ruleid: unrecorded-write
user.save_base(raw=True)
# ok: unrecorded-write
User.objects.filter(pk=1).update(is_active=False)

# ruleid: raw-sql
cursor.execute("UPDATE accounts_user SET is_staff = 1")
# ruleid: raw-sql
connection.cursor().executemany("DELETE FROM t WHERE id = %s", keys)
# ruleid: raw-sql
people.annotate(x=RawSQL("1", []))
# ruleid: raw-sql
User.objects.raw("SELECT 1")
# ok: raw-sql
User.objects.filter(username=name)

# ruleid: history-switched-off
user.skip_history_when_saving = True
# ruleid: history-switched-off
user.save_without_historical_record()
# ruleid: history-switched-off
SIMPLE_HISTORY_ENABLED = False
# ok: history-switched-off
getattr(settings, "SIMPLE_HISTORY_ENABLED", True)


# ruleid: token-not-asked-for
view = csrf_exempt(view)
# ok: token-not-asked-for
view = csrf_protect(view)

# ruleid: secret-in-log
logger.info("Signed in with %s.", password)
# ruleid: secret-in-log
logger.warning("Sent %s", invitation_link(user, base))
# ruleid: secret-in-log
logger.error("Refused: %s", form.cleaned_data["x"], request.POST.token)
# ruleid: secret-in-log
print("The link:", user.reset_token)
# ok: secret-in-log
logger.info("The password of user %s was changed.", user.pk)

# ruleid: address-from-request
request.build_absolute_uri("/")
# ruleid: address-from-request
host = request.get_host()
# ok: address-from-request
portal_address(request)


# ruleid: action-without-right
@admin.action(description="Delete")
def delete(admin, request, people): ...


# ruleid: action-without-right
@action
def archive(admin, request, people): ...


# ok: action-without-right
@admin.action(description="Delete", permissions=["delete"])
def delete_with_right(admin, request, people): ...


# ruleid: action-by-address
actions_row = ["deactivate"]
# ok: action-by-address
actions = ["deactivate"]
