"""The Columns step's page: it can be left and come back to until the file goes in."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _

from accounts.imports.base import importers_post, step_url
from accounts.imports.choosing.columns_form import ColumnsForm
from accounts.imports.choosing.proposing import (
    apply_recipe,
    last_choices,
    propose_options,
    stored_options,
    without_hidden,
)
from accounts.imports.choosing.reading_form import ReadingForm
from accounts.imports.choosing.recipes import RecipeForm, save_recipe
from accounts.imports.choosing.sample import Sample, read_sample
from accounts.imports.mapping.matching import propose_columns
from accounts.imports.options import ImportOptions
from accounts.imports.results import ResultPages
from accounts.policy import hidden_fields
from portal.imports.jobs import (
    WrongState,
    earlier_imports,
    order_check,
    revise_job,
)
from portal.imports.storage import StoredFileError
from portal.models import ImportJob
from portal.sheets import SheetError
from portal.sheets.problems import SheetProblem


class ColumnsPages(ResultPages):
    def get_urls(self) -> list[URLPattern]:
        step = "<uuid:job_id>"
        return [
            self.import_path(f"{step}/columns/", self.columns_view, "columns"),
            self.import_path(f"{step}/reading/", self.reading_view, "reading"),
            self.import_path(f"{step}/recipe/", self.recipe_view, "recipe"),
            *super().get_urls(),
        ]

    def columns_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        job = self.own_job(request, job_id)
        if not job.is_waiting:
            return redirect(step_url(job))
        try:
            sample = read_sample(job)
        except (SheetError, StoredFileError) as error:
            return self._show_columns(request, job, problems=_problems(error))
        form = _form(request, job, sample)
        if form.is_valid():
            return self._take_choice(request, job, form)
        return self._show_columns(
            request,
            job,
            form=form,
            sheet=sample.sheet,
            reading_form=ReadingForm(sheet=sample.sheet),
            recipe_form=RecipeForm(user=request.user),
            earlier=earlier_imports(job).first(),
        )

    @importers_post
    def reading_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        """Read the file in another way, if it can be read so."""
        job = self.own_job(request, job_id)
        try:
            form = ReadingForm(request.POST, sheet=read_sample(job).sheet)
            if form.is_valid():
                read_sample(job, **form.corrected)
                _revise(request, job, reading={**job.reading, **form.corrected})
            for name, problems in form.errors.items():
                messages.error(request, f"{form[name].label}: {problems[0]}")
        except (SheetError, StoredFileError) as error:
            messages.error(request, str(error))
        return redirect(step_url(job))

    @importers_post
    def recipe_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        """Propose what a recipe says; nothing is done with it yet."""
        job = self.own_job(request, job_id)
        form = RecipeForm(request.POST, user=request.user)
        if not form.is_valid():
            messages.error(request, str(form.errors["recipe"][0]))
            return redirect(step_url(job))
        recipe = form.cleaned_data["recipe"]
        try:
            sample = read_sample(job)
            options = apply_recipe(
                ImportOptions.from_json(recipe.options), sample.titles, sample.cells
            )
        except (SheetError, StoredFileError) as error:
            messages.error(request, str(error))
        else:
            if _revise(request, job, options=options.to_json()):
                messages.info(request, _("«%s» is applied. Look it over.") % recipe)
        return redirect(step_url(job))

    def _take_choice(
        self, request: HttpRequest, job: ImportJob, form: ColumnsForm
    ) -> HttpResponse:
        if "save_recipe" in request.POST:
            return self._save_recipe(request, job, form)
        with transaction.atomic():
            if _revise(request, job, options=form.options.to_json()):
                order_check(job)
        return redirect(step_url(job))

    def _save_recipe(
        self, request: HttpRequest, job: ImportJob, form: ColumnsForm
    ) -> HttpResponse:
        if not _revise(request, job, options=form.options.to_json()):
            return redirect(step_url(job))
        try:
            recipe = save_recipe(
                name=form.cleaned_data["recipe_name"],
                owner=request.user,
                is_shared=form.cleaned_data["recipe_is_shared"],
                options=form.options,
            )
        except ValueError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The recipe «%s» is saved.") % recipe)
        return redirect(step_url(job))

    def _show_columns(
        self, request: HttpRequest, job: ImportJob, **context: Any
    ) -> HttpResponse:
        return self.render_import(
            request, "columns", _("Choose the columns"), job=job, **context
        )


def _form(request: HttpRequest, job: ImportJob, sample: Sample) -> ColumnsForm:
    chosen = last_choices(job, request.user)
    proposals = without_hidden(
        propose_columns(sample.titles, sample.cells, chosen),
        hidden_fields(request.user),
    )
    return ColumnsForm(
        request.POST if request.method == "POST" else None,
        sample=sample,
        options=stored_options(job, sample.titles)
        or propose_options(sample.titles, proposals),
        proposals=proposals,
        actor=request.user,
    )


def _problems(error: SheetError | StoredFileError) -> list[SheetProblem]:
    if isinstance(error, SheetError):
        return error.problems
    return [SheetProblem(str(error))]


def _revise(request: HttpRequest, job: ImportJob, **values: Any) -> bool:
    try:
        revise_job(job, **values)
    except WrongState:
        messages.warning(request, _("This import went on in another window."))
        return False
    return True
