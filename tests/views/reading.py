"""What a page shows, and what it hands to its scripts."""

import json
import re

INBOX = "/messages/"
SEND = "/messages/send_message/"


def handed_to_scripts(response):
    found = re.search(r'<script id="pm-page"[^>]*>(.*?)</script>', response.text, re.DOTALL)
    assert found, "the page has no data for its scripts"
    return json.loads(found[1])


def shown(response):
    return re.findall(r'class="pm-text" dir="auto">([^<]+)</p>', response.text)
