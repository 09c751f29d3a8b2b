"""Puts ids that exist into generated documents: random text would never get past the parsing of ids."""

import itertools

import graphql

import api

KINDS = {
    "appId": "app",
    "drawId": "draw",
    "organizationId": "organization",
    "participantId": "participant",
    "prizeId": "prize",
    "prizeIds": "prize",
    "roomId": "room",
    "supersedes": "draw",
    "userId": "user",
    "winnerId": "winner",
}


class Scene:
    """One thing of each kind, by kind, for one field of the schema to break."""

    def __init__(self, room):
        self.count = itertools.count(1)
        self.token = room.token
        viewer = api.call("{ viewer { profile { id } } }", token=self.token)["viewer"]
        room_values = {"organizationId": room.organization, "title": "A room to break", "isPublic": True}
        created = self.change("createRoom", room_values, "room { id viewerParticipation { id } }")["room"]
        self.ids = {
            "organization": room.organization,
            "user": viewer["profile"]["id"],
            "room": created["id"],
            "participant": created["viewerParticipation"]["id"],
        }
        given, self.ids["prize"] = self.prize("A prize"), self.prize("A prize to draw")
        self.change("openRoom", {"roomId": created["id"]}, "room { id }")
        award = {"prizeId": given, "participantId": self.ids["participant"]}
        self.ids["winner"] = self.change("awardPrize", award, "winner { id }")["winner"]["id"]
        policy = {"level": "L0", "prizes": [{"prizeId": self.ids["prize"]}]}
        draw = self.change("createDraw", {"roomId": created["id"], "policy": policy}, "draw { id }")
        self.ids["draw"] = draw["draw"]["id"]
        app = {"organizationId": room.organization, "name": created["id"], "manifest": {}}
        self.ids["app"] = self.change("registerApp", app, "app { id }")["app"]["id"]

    def prize(self, name):
        values = {"roomId": self.ids["room"], "name": name, "quantity": 3}
        return self.change("createPrize", values, "prize { id }")["prize"]["id"]

    def change(self, field, values, selection):
        return api.change(field, values, selection, self.token)

    def fill(self, document):
        """The document with known ids in the place of others. Every fifth stays as it was generated."""
        return graphql.visit(document, Filling(self.ids, self.count))


class Filling(graphql.Visitor):
    """Replaces the texts below arguments and input fields that are ids."""

    def __init__(self, ids, count):
        super().__init__()
        self.ids = ids
        self.count = count

    def enter_argument(self, node, *_):
        return self.filled(node)

    def enter_object_field(self, node, *_):
        return self.filled(node)

    def filled(self, node):
        name = node.name.value
        if name in KINDS:
            known = [self.ids[KINDS[name]]]
        elif name in ("id", "ids"):
            known = list(self.ids.values())
        else:
            return None
        return graphql.visit(node, FillingTexts(known, self.count))


class FillingTexts(graphql.Visitor):
    """Replaces texts."""

    def __init__(self, known, count):
        super().__init__()
        self.known = known
        self.count = count

    def enter_string_value(self, node, *_):
        return self.replaced(node)

    # An ID may be written as a number.
    def enter_int_value(self, node, *_):
        return self.replaced(node)

    def replaced(self, _node):
        number = next(self.count)
        if number % 5 == 0:
            return None
        return graphql.StringValueNode(value=self.known[number % len(self.known)])
