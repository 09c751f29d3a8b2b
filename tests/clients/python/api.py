"""The API as another program uses it, beside the client that is tested: plain HTTP, no library."""

import json
import os
import sys
import urllib.request
import uuid

ADDRESS = os.environ.get("TOMBOLA_URL")
if not ADDRESS:
    sys.exit("TOMBOLA_URL is not set. Start a server and give its address, such as http://127.0.0.1:4000.")

HTTP = ADDRESS.rstrip("/") + "/graphql"

PRIZES = 8
"""How many prizes a room has to begin with: three pages of three, the last of them short."""


def call(query, variables=None, token=None):
    """Runs one operation and answers its data."""
    headers = {"content-type": "application/json", "accept": "application/graphql-response+json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    body = json.dumps({"query": query, "variables": variables or {}}).encode()
    with urllib.request.urlopen(urllib.request.Request(HTTP, body, headers)) as response:
        answer = json.load(response)
    if answer.get("errors"):
        raise RuntimeError(" ".join(error["message"] for error in answer["errors"]))
    return answer["data"]


def change(field, values, selection, token=None):
    """Runs one mutation and answers what is selected of its payload."""
    kind = f"{field[0].upper()}{field[1:]}Input"
    query = f"mutation ($input: {kind}!) {{ {field}(input: $input) {{ {selection} }} }}"
    return call(query, {"input": values}, token)[field]


class Room:
    """A room of one's own: an account, an organization, a public room that is open, its prizes."""

    def __init__(self):
        account = {
            "email": f"{uuid.uuid4()}@example.com",
            "password": f"{uuid.uuid4()} is long enough",
            "displayName": "Olivia Organizer",
            "organizationName": "Clients and Friends",
        }
        signed_up = change("signUp", account, "signedIn { accessToken } organization { id }")
        self.token = signed_up["signedIn"]["accessToken"]
        self.organization = signed_up["organization"]["id"]
        values = {"organizationId": self.organization, "title": "A room for clients", "isPublic": True}
        self.id = change("createRoom", values, "room { id }", self.token)["room"]["id"]
        self.names = [f"Prize {number + 1}" for number in range(PRIZES)]
        self.prizes = [self.add_prize(name) for name in self.names]
        change("openRoom", {"roomId": self.id}, "room { id }", self.token)

    def add_prize(self, name):
        """Makes an event, and answers the prize's id."""
        prize = change("createPrize", {"roomId": self.id, "name": name}, "prize { id }", self.token)
        return prize["prize"]["id"]
