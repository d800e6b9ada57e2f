from django.apps import AppConfig, apps
from django.db.models.signals import pre_save


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        # Groups and permissions belong, for staff, to the same part of the portal.
        apps.get_app_config("auth").verbose_name = self.verbose_name
        # Their models must be there first.
        from accounts import checks  # noqa: F401
        from accounts.guards.events import connect as connect_events
        from accounts.guards.receivers import connect as connect_guards
        from accounts.imports.people import PEOPLE
        from accounts.imports.taking_out import PeopleExport
        from accounts.letters import register_letters
        from accounts.signals import keep_password
        from portal.exports.kinds import register as register_export
        from portal.imports.kinds import register as register_import

        connect_guards()
        connect_events()
        register_import(PEOPLE)
        register_export(PeopleExport())
        register_letters()
        pre_save.connect(
            keep_password,
            sender=self.get_model("User"),
            dispatch_uid="accounts.keep_password",
        )
