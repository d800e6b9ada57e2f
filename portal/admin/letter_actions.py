"""The page between an action on letters and what it does."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from portal.admin.read_only import ReadOnlyModelAdmin
from portal.models.letter import LetterQuerySet

NAMES_SHOWN = 20


@dataclass
class LetterPlan:
    """Which letters an action would change, and which it leaves out, by why."""

    will: str
    targets: LetterQuerySet
    left_out: dict[str, LetterQuerySet]

    def groups(self) -> Iterator[dict[str, Any]]:
        yield _group(self.will, self.targets, is_target=True)
        for title, letters in self.left_out.items():
            yield _group(title, letters, is_target=False)


def is_confirmed(request: HttpRequest) -> bool:
    return "confirm" in request.POST


def show_plan(
    model_admin: ReadOnlyModelAdmin,
    request: HttpRequest,
    plan: LetterPlan,
    title: str,
) -> HttpResponse:
    is_across = request.POST.get("select_across") == "1"
    ticked = [] if is_across else request.POST.getlist(ACTION_CHECKBOX_NAME)
    groups = [group for group in plan.groups() if group["count"] or group["is_target"]]
    return TemplateResponse(
        request,
        "portal/letters/action.html",
        {
            **model_admin.admin_site.each_context(request),
            "title": title,
            "opts": model_admin.opts,
            "groups": groups,
            "count": groups[0]["count"],
            "action": request.POST.get("action", ""),
            "select_across": int(is_across),
            "selected": ticked,
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "back": request.get_full_path(),
        },
    )


def _group(title: str, letters: LetterQuerySet, *, is_target: bool) -> dict[str, Any]:
    count = letters.count()
    names = list(letters.values_list("person_name", flat=True)[:NAMES_SHOWN])
    return {
        "title": title,
        "count": count,
        "names": names,
        "more": count - len(names),
        "is_target": is_target,
    }
