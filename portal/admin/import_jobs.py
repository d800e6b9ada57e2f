from django.contrib import admin
from unfold.admin import ModelAdmin

from portal.models import ImportJob


@admin.register(ImportJob)
class ImportJobAdmin(ModelAdmin):
    pass
