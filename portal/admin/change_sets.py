from django.contrib import admin
from unfold.admin import ModelAdmin

from portal.models import ChangeSet


@admin.register(ChangeSet)
class ChangeSetAdmin(ModelAdmin):
    pass
