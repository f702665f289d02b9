"""check.py GENERATOR STYLE SUREFOOT: builds the documentation site and reads it.

Every rule has a page and stands in the index, every link and anchor leads somewhere, every page can be listed by its
title, elements are closed, ids are unique, and nothing is fetched from elsewhere.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urlsplit

VOID = {"br", "hr", "img", "input", "link", "meta", "wbr"}
problems = []


class Page(HTMLParser):
    """One page: its links, anchors and text, and what is wrong with its elements."""

    def __init__(self, path):
        super().__init__()
        self.path = path
        self.links = []
        self.ids = set()
        self.title = ""
        self.text = ""
        self.open = []
        self.feed(path.read_text(encoding="utf-8"))
        for tag in self.open:
            self.problem(f"<{tag}> is not closed")

    def problem(self, what):
        problems.append(f"{self.path.name}:{self.getpos()[0]}: {what}")

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in attributes:
            if attributes["id"] in self.ids:
                self.problem(f"the id {attributes['id']} is there twice")
            self.ids.add(attributes["id"])
        if tag == "a":
            self.links.append(attributes.get("href", ""))
        if tag in ("script", "iframe", "object", "style"):
            self.problem(f"<{tag}> has no place here")
        for name in ("src", "href"):
            fetched = tag != "a" and name in attributes
            if fetched and urlsplit(attributes[name]).scheme not in ("", "data"):
                self.problem(f"{attributes[name]} is fetched from elsewhere")
            if fetched and not urlsplit(attributes[name]).scheme:
                self.links.append(attributes[name])

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.problem(f"</{tag}> closes <{self.open[-1] if self.open else ''}>")
        else:
            self.open.pop()

    def handle_data(self, data):
        if "title" in self.open:
            self.title += data
        self.text += data


def check_links(page, pages, site):
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme in ("http", "https"):
            continue
        target, anchor = urldefrag(link)
        path = (page.path.parent / unquote(target)).resolve() if target else page.path
        if not path.is_file() or site not in path.parents:
            page.problem(f"the link {link} leads nowhere")
        elif anchor and anchor not in pages[path].ids:
            page.problem(f"the link {link} leads to no anchor")


def check(site, rules):
    pages = {path: Page(path) for path in sorted(site.rglob("*.html"))}
    index = pages[site / "index.html"]
    for page in pages.values():
        check_links(page, pages, site)
        if not page.title:
            page.problem("no title")
    titles = [page.title for page in pages.values()]
    if len(set(titles)) != len(titles):
        problems.append("two pages have the same title")
    for rule in rules:
        path = site / "rules" / f"{rule['code']}.html"
        if path not in pages:
            problems.append(f"{rule['code']} has no page")
            continue
        for words in (rule["code"], rule["name"], rule["severity"], "Why", "Silent when"):
            if words not in pages[path].text:
                pages[path].problem(f"the page does not say {words}")
        if "```" in pages[path].text:
            pages[path].problem("a code block is not read")
        if f"rules/{rule['code']}.html" not in index.links:
            problems.append(f"{rule['code']} does not stand in the index")
    if len(pages) != len(rules) + 2:
        problems.append(f"{len(pages)} pages are not one for each of {len(rules)} rules and two indexes")
    peers = pages[site / "peers.html"]
    for theirs, ours in (("ASYNC210", "RT101"), ("RUF006", "RT202"), ("W1506", "RT316")):
        if theirs not in peers.ids or f"rules/{ours}.html" not in peers.links:
            problems.append(f"{theirs} does not lead to {ours}")
    style = (site / "style.css").read_text(encoding="utf-8")
    if "prefers-color-scheme: dark" not in style or "url(" in style or "@import" in style:
        problems.append("style.css: light and dark, and nothing from elsewhere, is expected")
    return len(pages)


def main():
    generator, style, surefoot = sys.argv[1:]
    listed = subprocess.run([surefoot, "rules", "--output-format", "json"], check=True, capture_output=True)
    with tempfile.TemporaryDirectory() as folder:
        site = pathlib.Path(folder).resolve() / "site"
        for _ in range(2):  # the second run replaces what the first has left
            subprocess.run([generator, str(site), style], check=True)
        count = check(site, json.loads(listed.stdout))
        foreign = pathlib.Path(folder) / "foreign"
        foreign.mkdir()
        (foreign / "kept.txt").write_text("x")
        refused = subprocess.run([generator, str(foreign), style], capture_output=True, check=False)
        if refused.returncode == 0 or not (foreign / "kept.txt").exists():
            problems.append("a folder that is no site is not left alone")
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{count} pages")
    sys.exit(1 if problems else 0)


main()
