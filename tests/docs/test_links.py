"""Links: those within the repository lead somewhere; those to elsewhere are at least addresses."""

import re
from urllib.parse import urlsplit

import pytest

from tests.docs import pages
from tests.docs.pages import CHECKOUT

OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:")
# Their text is data of tests, or made by programs, and not for readers of ours.
NOT_OURS = ("tests/fuzz/corpus/",)
PAGES = [name for name in pages.tracked(".md") if not name.startswith(NOT_OURS)]


@pytest.mark.parametrize("page", PAGES)
def test_each_link_within_the_repository_leads_to_a_file_and_a_heading(page: str) -> None:
    broken = []
    for link in pages.links(page):
        if OUTSIDE.match(link.text):
            continue
        file, _, heading = link.text.partition("#")
        target = ((CHECKOUT / page).parent / file).resolve() if file else CHECKOUT / page
        if not target.is_relative_to(CHECKOUT) or not target.exists():
            broken.append(f"{link}: no such file")
        elif heading and heading not in pages.anchors(target.relative_to(CHECKOUT).as_posix()):
            broken.append(f"{link}: no such heading")
    assert broken == []


@pytest.mark.parametrize("page", PAGES)
def test_each_link_to_elsewhere_is_an_https_address(page: str) -> None:
    for link in pages.links(page):
        if OUTSIDE.match(link.text):
            parts = urlsplit(link.text)
            assert parts.scheme in {"https", "mailto"}, link
            assert parts.scheme == "mailto" or re.fullmatch(r"[\w-]+(\.[\w-]+)+", parts.netloc), link


def test_links_are_found() -> None:
    assert sum(1 for page in PAGES for _ in pages.links(page)) > 50


def test_each_page_of_docs_can_be_reached_from_the_readme() -> None:
    seen, open_pages = set(), ["README.md"]
    while open_pages:
        page = open_pages.pop()
        seen.add(page)
        for link in pages.links(page):
            file = link.text.partition("#")[0]
            if file and not OUTSIDE.match(file):
                target = ((CHECKOUT / page).parent / file).resolve().relative_to(CHECKOUT).as_posix()
                if target.endswith(".md") and target not in seen:
                    open_pages.append(target)
    assert [page for page in pages.readers_pages() if page not in seen] == []


def test_each_picture_and_example_of_docs_is_shown_by_a_page() -> None:
    shown = {
        ((CHECKOUT / page).parent / link.text.partition("#")[0]).resolve()
        for page in PAGES
        for link in pages.links(page)
    }
    files = [name for name in pages.tracked() if re.fullmatch(r"docs/.+\.(svg|png|yaml)", name)]
    assert files
    assert [name for name in files if (CHECKOUT / name).resolve() not in shown] == []
