"""What a page shows, and what it hands to its scripts."""

import json
import re

INBOX = "/messages/"
SEND = "/messages/send_message/"

# What the inbox costs, also where it is beside a thread: the cards and their members, what the
# others show of themselves, and what I do.
INBOX_QUERIES = 4


def handed_to_scripts(response):
    found = re.search(r'<script id="pm-page"[^>]*>(.*?)</script>', response.text, re.DOTALL)
    assert found, "the page has no data for its scripts"
    return json.loads(found[1])


def shown(response):
    return re.findall(r'<div class="pm-text" dir="auto">([^<]+)</div>', response.text)
