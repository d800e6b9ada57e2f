"""The later steps of an import: its check, its review, its end."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from accounts.imports.base import JobPages


class ReviewPages(JobPages):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.import_path("<uuid:job_id>/progress/", self.progress_view, "progress"),
            self.import_path("<uuid:job_id>/review/", self.review_view, "review"),
            self.import_path("<uuid:job_id>/result/", self.result_view, "result"),
            *super().get_urls(),
        ]

    def progress_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        raise NotImplementedError

    def review_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        raise NotImplementedError

    def result_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        raise NotImplementedError
