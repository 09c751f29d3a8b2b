#!/usr/bin/env python3
"""Verifies draws of the protocol vdraw/1, offline, with nothing but Python's standard library (3.9 or newer).

    python3 verify.py [--json] [--key KEY] FILE|- ...                       transcripts
    python3 verify.py [--json] [--key KEY] --receipt FILE [TRANSCRIPT]      a participant's receipt
    python3 verify.py --self-test                                           the vectors of the specification

Exit status: 0 everything was checked and holds (drawn or void); 1 a check failed; 2 usage, or an unreadable file; 3 none
failed, but a draw is still open; 4 none failed, but the signature of a drand round was not checked (py_ecc is missing).
Of several files the first of 2, 1, 4, 3 that is one's counts.

It was written from the specification alone (docs/vdraw.md; "§4" below is its step 4) and is to be read from top to
bottom: first the tools (hashes, signatures, JSON), then the steps of the protocol, then the nine checks in their order.
The signature of a drand round needs the package py_ecc; where it is missing the answer says so: "unchecked": ["drand"],
and "holds" is null.
"""
import argparse
import hashlib
import hmac
import json
import os
import re
import struct
import sys
from collections import Counter
from datetime import datetime, timedelta
from itertools import islice, zip_longest

CHAINS = {  # "drand" in the specification: the pinned chains, times in milliseconds. This one is quicknet.
    "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971": {
        "genesis": 1692803367000, "period": 3000,
        "key": "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
               "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"}}
LAST_TIME = 253402300800000  # what comes after the year 9999
DRAND_TAG = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"


class Fault(Exception):
    """What is wrong. Whoever runs the check adds its name. Texts of others go in with %a: nothing but ASCII is printed."""


def ensure(condition, message):
    if not condition:
        raise Fault(message)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


u64 = struct.Struct(">Q").pack


# --- Names and ids of others, on a screen ---------------------------------------------------------------------------------
# What moves the cursor or other characters, or is not seen: controls, spaces other than U+0020, separators, controls of the
# reading direction, joiners, selectors, fillers, tags, private ones. The verifier in Rust has the same ones.
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f-\u1160\u1680\u17b4-\u17b5\u180b-\u180f\u2000-\u200f"
    "\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe-\uffff\U00013430-\U00013455\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U0010ffff]")


def shown(text):
    """In quotes, on one line, so that different texts look different."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"%s"' % HIDDEN.sub(lambda hidden: "\\u{%x}" % ord(hidden[0]), quoted)


# --- Ed25519 (RFC 8032 §5.1). Points are in extended coordinates (X, Y, Z, T), x = X/Z, y = Y/Z, xy = T/Z -----------------
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def add_points(p, q):  # of one point with itself, too
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply_point(scalar, point):
    result = (0, 1, 1, 0)
    for bit in bin(scalar)[2:]:
        result = add_points(result, result)
        if bit == "1":
            result = add_points(result, point)
    return result


def decode_point(data):
    """The point, or None: not on the curve, not in its one canonical form (§5.1.3), or of small order."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT_OF_MINUS_1 % P
    if y >= P or x * x % P != square or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    point = (x, y, 1, x * y % P)
    return None if multiply_point(8, point)[0] == 0 else point


BASE = decode_point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signed(signature, *message):
    """§5.1.7 without the cofactor: S·B = R + k·A."""
    key, value = bytes.fromhex(signature["key"]), bytes.fromhex(signature["value"])
    a, r, s = decode_point(key), decode_point(value[:32]), int.from_bytes(value[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(b"".join((value[:32], key, *message))).digest(), "little") % ORDER
    p, q = multiply_point(s, BASE), add_points(r, multiply_point(k, a))
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


# --- JSON: strict reading, and the canonical form of RFC 8785 -------------------------------------------------------------
def read_json(data):
    def number(token):
        ensure(len(token) <= 20, "a number is longer than 20 characters")
        return int(token) if re.fullmatch("[0-9]+", token) else float(token)  # what is a float here fits nowhere

    def members(pairs):
        result = dict(pairs)
        ensure(len(result) == len(pairs), "an object names a member twice")
        return result

    def limits(value, depth):
        if isinstance(value, str):
            ensure(len(value.encode()) <= 16384, "a text is longer than 16 KiB")  # half a surrogate pair: a ValueError
        elif isinstance(value, (dict, list)):
            ensure(depth <= 8, "it is nested deeper than 8")
            for inner in [*value, *value.values()] if isinstance(value, dict) else value:
                limits(inner, depth + 1)

    try:  # json.loads refuses leading zeros, a byte-order mark, and anything but white space around the document
        value = json.loads(  # and int() refuses NaN and Infinity
            data.decode(), object_pairs_hook=members, parse_int=number, parse_float=number, parse_constant=int)
        limits(value, 1)
    except (ValueError, RecursionError) as error:
        raise Fault("it is not JSON in UTF-8: %s" % ascii(str(error))[1:-1])
    return value


def canonical(policy):
    """The canonical form of what has the shape of a policy: ASCII names, and neither fractions nor large numbers."""
    return json.dumps(policy, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# --- Shapes: a dict is an object of exactly these members, a list an array, a tuple any of these shapes, a string a text
# that matches it as a regular expression, a range an integer in it, a type any value of it, None is null, and a function
# answers None to what does not fit ---------------------------------------------------------------------------------------
def must_fit(shape, value, where):
    wrong = "%s is not as described" % where
    if isinstance(shape, dict):
        ensure(type(value) is dict, "%s is not an object" % where)
        for name in [*shape, *value]:
            ensure(name in value, "%s: the member %a is missing" % (where, name))
            ensure(name in shape, "%s: the member %a is unknown" % (where, name))
        for name, inner in shape.items():
            must_fit(inner, value[name], "%s.%s" % (where, name))
    elif isinstance(shape, list):
        ensure(type(value) is list, "%s is not an array" % where)
        for position, inner in enumerate(value):
            must_fit(shape[0], inner, "%s[%d]" % (where, position))
    elif isinstance(shape, tuple):
        for one in shape:
            try:
                return must_fit(one, value, where)
            except Fault:
                pass
        raise Fault(wrong)
    elif isinstance(shape, str):
        ensure(type(value) is str and re.fullmatch(shape, value), wrong)
    elif isinstance(shape, range):
        ensure(type(value) is int and value in shape, wrong)  # True and 1.0 are no integers
    elif isinstance(shape, type):
        ensure(type(value) is shape, wrong)
    else:
        ensure(value is None if shape is None else shape(value) is not None, wrong)


def milliseconds(value):
    """The time in milliseconds since 1970, or None when it is no such time."""
    match = type(value) is str and re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z", value, re.ASCII)
    try:
        moment = match and datetime(*map(int, match.groups()[:6]), int(match[7]) * 1000)
    except ValueError:
        return None
    return (moment - datetime(1970, 1, 1)) // timedelta(milliseconds=1) if moment and moment.year >= 1970 else None


TIME, HASH, INTEGER, POSITIVE = milliseconds, "[0-9a-f]{64}", range(2**53), range(1, 2**53)
POLICY = {
    "version": "vdraw/1", "draw": str, "room": str, "supersedes": (str, None),
    "prizes": [{"id": str, "name": str, "quantity": range(1, 10**6 + 1), "alternates": range(10**6 + 1)}],
    "weights": ({"rule": "EQUAL", "cap": None}, {"rule": "TICKETS", "cap": (POSITIVE, None)}),
    "win_limit": range(1, 1001),
    "eligibility": {"roles": ["MODERATOR|ORGANIZER|PARTICIPANT"], "email_verified": bool, "joined_before": (TIME, None),
                    "staff": bool},
    "closes_at": (TIME, None), "claim_window_seconds": (range(60, 2**53), None),
    "level": "L[012]", "drand": ({"chain": "|".join(CHAINS), "round": POSITIVE}, None), "review": bool,
    "too_few_entrants": "LEAVE_UNAWARDED|REFUSE", "ties": "IMPOSSIBLE", "seed_commit": HASH}
SIGNATURE = {"kid": str, "key": HASH, "value": "[0-9a-f]{128}"}
FREEZE = {"n": INTEGER, "W": INTEGER, "root": HASH, "at": TIME, "signature": SIGNATURE}
RANK = {"at": TIME, "prize": str, "rank": INTEGER}
EVENT = (
    {**RANK, "type": "CLAIMED|EXPIRED|PROMOTED"},
    {**RANK, "type": "DECLINED", "reason": (str, None)},
    {**RANK, "type": "SKIPPED", "reason": "WIN_LIMIT|DISQUALIFIED"},
    {**RANK, "type": "DISQUALIFIED", "reason": str, "actor": str},
    {"type": "VOIDED", "at": TIME, "reason": str, "actor": str})
ENTROPY = (
    {"level": "L0"}, {"level": "L1", "dice": str},
    {"level": "L2", "chain": HASH, "round": INTEGER, "signature": "[0-9a-f]{96}"})
TRANSCRIPT = {
    "version": "vdraw/1", "policy": dict, "policy_hash": HASH, "signature": SIGNATURE,  # its members: the check "policy"
    "exclusions": [{"pid": HASH, "reason": str, "at": TIME}], "freeze": (None, FREEZE),
    "entries": [{"pid": HASH, "weight": INTEGER}], "seed": (HASH, None), "entropy": (None, *ENTROPY),
    "prizes": [{"id": str, "ranking": [INTEGER]}], "events": [EVENT]}
RECEIPT = {
    "version": "vdraw/1", "draw": str, "user": str, "nonce": "[0-9a-f]{32}", "pid": HASH, "index": INTEGER,
    "weight": INTEGER, "path": [HASH], "policy_hash": HASH, "freeze": FREEZE}


# --- The steps of the protocol --------------------------------------------------------------------------------------------
def seed_commit(draw, seed):  # §1
    return sha256(b"vdraw/1/seed\0", draw.encode(), b"\0", seed)


def public_entry_id(draw, user, nonce):  # §2
    return sha256(b"vdraw/1/pid\0", draw.encode(), b"\0", user.encode(), nonce)


def leaf_data(index, weight, pid):  # §3: what is hashed, after the 0x00 of every leaf
    return u64(index) + u64(weight) + pid


def tree_hash(leaves):  # §3: RFC 6962 §2.1, level by level: who has no right neighbour goes up as they are
    level = [sha256(b"\0", leaf) for leaf in leaves]
    while len(level) > 1:
        pairs = [sha256(b"\1", *level[i:i + 2]) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[2 * len(pairs):]
    return level[0] if level else sha256(b"")


def freeze_message(policy_hash, freeze):  # §3
    numbers = u64(freeze["n"]) + u64(freeze["W"])
    return b"vdraw/1/freeze\0" + policy_hash + bytes.fromhex(freeze["root"]) + numbers + u64(milliseconds(freeze["at"]))


def entropy_bytes(entropy):  # §4
    if entropy["level"] == "L0":
        return bytes(32)
    return sha256(entropy["dice"].encode() if entropy["level"] == "L1" else bytes.fromhex(entropy["signature"]))


def are_throws(dice):  # §4
    repeats = any(dice[period:] == dice[:-period] for period in range(1, 9))  # a period of 1: all digits equal
    return re.fullmatch("[1-6]{25,1000}", dice) is not None and not repeats


def draw_key(seed, policy_hash, root, n, total, entropy):  # §4: K
    message = b"vdraw/1/draw\0" + policy_hash + root + u64(n) + u64(total) + entropy
    return hmac.digest(seed, message, "sha256")


def prize_key(key, prize):  # §4: K_p
    return hmac.digest(key, b"vdraw/1/prize\0" + prize.encode(), "sha256")


def chacha20_words(key):  # §5: the keystream of RFC 8439, nonce zero, as 64-bit words
    start = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574, *struct.unpack("<8L", key), 0, 0, 0, 0]
    quarters = [(i, i + 4, i + 8, i + 12) for i in range(4)]
    quarters += [(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4) for i in range(4)]
    moves = [move for a, b, c, d in quarters for move in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7))]
    while True:
        state = list(start)
        for x, y, z, turn in moves * 10:
            state[x] = state[x] + state[y] & 0xFFFFFFFF
            mixed = state[z] ^ state[x]
            state[z] = (mixed << turn | mixed >> 32 - turn) & 0xFFFFFFFF
        block = struct.pack("<16L", *(one + other & 0xFFFFFFFF for one, other in zip(start, state)))
        yield from struct.unpack("<8Q", block)
        start[12] = start[12] + 1 & 0xFFFFFFFF


def below(words, bound):  # §5
    while True:
        product = next(words) * bound
        if product % 2**64 >= (2**64 - bound) % bound:
            return product >> 64


class Weights:
    """The weights of the entrants as leaves of a binary tree of sums: below node i are the nodes 2i and 2i + 1."""

    def __init__(self, weights):
        self.size = 1 << len(weights).bit_length()
        self.tree = [*[0] * self.size, *weights, *[0] * (self.size - len(weights))]
        for node in range(self.size - 1, 0, -1):
            self.tree[node] = self.tree[2 * node] + self.tree[2 * node + 1]

    def add(self, index, difference):
        node = self.size + index
        while node:
            self.tree[node] += difference
            node >>= 1

    def at(self, r):
        """The smallest index whose prefix sum exceeds r."""
        node = 1
        while node < self.size:
            node *= 2
            if r >= self.tree[node]:
                r -= self.tree[node]
                node += 1
        return node - self.size


def draw(weights, prizes, win_limit, key):
    """§5: the ranks of each prize, in order."""
    current, wins = Weights(weights), Counter()
    for prize in prizes:
        words, ranks = chacha20_words(prize_key(key, prize["id"])), []
        while len(ranks) < prize["quantity"] + prize["alternates"] and current.tree[1]:
            index = current.at(below(words, current.tree[1]))
            current.add(index, -weights[index])
            ranks.append(index)
        yield ranks
        wins.update(ranks[:prize["quantity"]])
        for index in ranks:  # the next prize starts with all weights, except of those who reached the limit
            if wins[index] < win_limit:
                current.add(index, weights[index])


def round_holds(chain, number, signature):
    """The BLS signature of a drand round, on G1 under a key on G2: whether it holds, or None where py_ecc is missing."""
    try:
        from py_ecc.bls.hash_to_curve import hash_to_G1
        from py_ecc.bls.point_compression import decompress_G1, decompress_G2
        from py_ecc.optimized_bls12_381 import G2, curve_order, is_inf, multiply, pairing
    except Exception:  # not installed, too old for hash_to_G1, or broken
        return None
    key = bytes.fromhex(CHAINS[chain]["key"])
    key = decompress_G2((int.from_bytes(key[:48], "big"), int.from_bytes(key[48:], "big")))
    try:
        point = decompress_G1(int(signature, 16))
    except ValueError:  # no point of the curve, or not its canonical encoding
        return False
    if is_inf(point) or not is_inf(multiply(point, curve_order)):
        return False
    return pairing(G2, point) == pairing(key, hash_to_G1(sha256(u64(number)), DRAND_TAG, hashlib.sha256))


def must_name(key, signature):
    """Whoever signed is whom --key names, where it names anybody."""
    ensure(key in (None, signature["key"]), "it names ANOTHER key than the one that was given: %s" % signature["key"])


# --- "What a verifier checks, in this order" ------------------------------------------------------------------------------
LISTED = 20  # winners of a prize that are listed for people


class Verification:
    """A method is a check, of the name by which it is reported. The first that raises a Fault has failed."""

    CHECKS = ("format", "policy", "signature", "entries", "freeze", "seed", "entropy", "ranking", "events")

    def __init__(self, data, key=None):
        self.data, self.key, self.answer = data, key, {}

    def format(self):
        self.t = read_json(self.data)  # the transcript
        must_fit(TRANSCRIPT, self.t, "transcript")
        self.voided = any(event["type"] == "VOIDED" for event in self.t["events"])

    def policy(self):
        policy = self.t["policy"]
        must_fit(POLICY, policy, "policy")
        ids, roles = [prize["id"] for prize in policy["prizes"]], policy["eligibility"]["roles"]
        ensure(1 <= len(ids) <= 1000, "policy.prizes does not have 1 to 1,000 prizes")
        ensure(len(set(ids)) == len(ids), "two prizes have the same id")
        ensure(roles == sorted(set(roles)), "the roles are not sorted, or one is there twice")
        ensure((policy["drand"] is not None) == (policy["level"] == "L2"), "policy.drand belongs to level L2, and only there")
        if policy["drand"] is not None:
            chain = CHAINS[policy["drand"]["chain"]]
            self.round_at = chain["genesis"] + (policy["drand"]["round"] - 1) * chain["period"]
            ensure(self.round_at < LAST_TIME, "the time of the drand round is after the year 9999")
        self.hash = sha256(canonical(policy).encode())
        ensure(self.hash.hex() == self.t["policy_hash"], "policy_hash is not the hash of the policy")

    def signature(self):
        must_name(self.key, self.t["signature"])
        ensure(signed(self.t["signature"], b"vdraw/1/commit\0", self.hash), "the signature of the policy does not hold")

    def entries(self):
        previous, excluded = "", {exclusion["pid"] for exclusion in self.t["exclusions"]}
        cap = 1 if self.t["policy"]["weights"]["rule"] == "EQUAL" else self.t["policy"]["weights"]["cap"] or 2**32 - 1
        for index, entry in enumerate(self.t["entries"]):
            ensure(previous < entry["pid"], "entry %d: the list is not sorted by pid, or has one twice" % index)
            ensure(entry["pid"] not in excluded, "entry %d was excluded" % index)
            ensure(1 <= entry["weight"] <= min(cap, 2**32 - 1), "entry %d: its weight is out of range" % index)
            previous = entry["pid"]

    def freeze(self):
        freeze, policy, entries = self.t["freeze"], self.t["policy"], self.t["entries"]
        if freeze is None:
            return ensure(not entries, "there are entries without a freeze")
        ensure(freeze["n"] == len(entries), "n is not the number of entries")
        ensure(freeze["W"] == sum(entry["weight"] for entry in entries), "W is not the sum of the weights")
        leaves = (leaf_data(i, entry["weight"], bytes.fromhex(entry["pid"])) for i, entry in enumerate(entries))
        ensure(freeze["root"] == tree_hash(leaves).hex(), "root is not the tree hash of the entries")
        ensure(freeze["signature"]["key"] == self.t["signature"]["key"], "it is signed with another key than the policy")
        ensure(signed(freeze["signature"], freeze_message(self.hash, freeze)), "its signature does not hold")
        at = milliseconds(freeze["at"])
        ensure(all(milliseconds(one["at"]) <= at for one in self.t["exclusions"]), "somebody was excluded after it")
        ensure(policy["closes_at"] is None or at >= milliseconds(policy["closes_at"]), "it was before closes_at")
        ensure(policy["level"] != "L2" or at + 30000 <= self.round_at, "it was not 30 seconds before the time of the round")
        quantities = sum(prize["quantity"] for prize in policy["prizes"])
        ensure(policy["too_few_entrants"] != "REFUSE" or len(entries) >= quantities, "there were too few entrants")

    def seed(self):
        if self.t["seed"] is not None:
            commit = seed_commit(self.t["policy"]["draw"], bytes.fromhex(self.t["seed"]))
            ensure(commit.hex() == self.t["policy"]["seed_commit"], "the seed is not the one that was committed to")

    def entropy(self):
        entropy, policy = self.t["entropy"], self.t["policy"]
        if entropy is None:
            return ensure(not self.t["prizes"], "there are prizes without entropy")
        ensure(self.t["freeze"] is not None, "there is entropy before the freeze")
        ensure(entropy["level"] == policy["level"], "it is of another level than the policy's")
        if entropy["level"] == "L1":
            ensure(are_throws(entropy["dice"]), "the dice are not 25 to 1,000 throws of a die")
        if entropy["level"] == "L2":
            named = {"chain": entropy["chain"], "round": entropy["round"]}
            ensure(named == policy["drand"], "it is not the round that the policy names")
            holds = round_holds(entropy["chain"], entropy["round"], entropy["signature"])
            ensure(holds is not False, "the signature of the drand round does not hold")
            if holds is None:
                self.answer["unchecked"] = ["drand"]

    def ranking(self):
        prizes, freeze = self.t["prizes"], self.t["freeze"]
        if not prizes:
            return ensure(self.t["seed"] is None or self.voided, "there is a seed without prizes, and the draw is not void")
        ensure(freeze is not None and self.t["seed"] is not None, "there are prizes without a freeze or a seed")
        ids = [prize["id"] for prize in self.t["policy"]["prizes"]]
        ensure([prize["id"] for prize in prizes] == ids, "the prizes are not those of the policy, in their order")
        seed, root = bytes.fromhex(self.t["seed"]), bytes.fromhex(freeze["root"])
        key = draw_key(seed, self.hash, root, freeze["n"], freeze["W"], entropy_bytes(self.t["entropy"]))
        weights = [entry["weight"] for entry in self.t["entries"]]
        computed = draw(weights, self.t["policy"]["prizes"], self.t["policy"]["win_limit"], key)
        for ranks, prize in zip(computed, prizes):
            for rank, (ours, theirs) in enumerate(zip_longest(ranks, prize["ranking"], fillvalue="nobody"), 1):
                ensure(ours == theirs, "prize %a: rank %d is %s, but computed is %s" % (prize["id"], rank, theirs, ours))

    def events(self):
        policy, rankings = self.t["policy"], {prize["id"]: prize["ranking"] for prize in self.t["prizes"]}
        following, wins, held, disqualified = {}, {}, Counter(), set()  # the next rank to look at; what stands; how often
        for prize in policy["prizes"] if rankings else ():
            following[prize["id"]] = prize["quantity"] + 1
            for rank, index in enumerate(rankings[prize["id"]][:prize["quantity"]], 1):
                wins[prize["id"], rank] = "pending"
                held[index] += 1
        vacant = None  # the prize of which a win has ended: nothing but its next rank can follow
        last = {"type": None, "at": "1970-01-01T00:00:00.000Z"}
        for number, event in enumerate(self.t["events"]):
            kind, where = event["type"], "event %d, %s" % (number, event["type"])
            ensure(last["type"] != "VOIDED", where + ": the draw is void")
            ensure(milliseconds(event["at"]) >= milliseconds(last["at"]), where + ": the time goes back")
            last = event
            ensure(vacant is None or kind in ("PROMOTED", "SKIPPED"), where + ": the next rank was not looked at")
            if kind == "VOIDED":
                ensure(self.t["seed"] is not None, where + ": the seed was not published")
                continue
            prize, rank = event["prize"], event["rank"]
            ensure(prize in rankings and 1 <= rank <= len(rankings[prize]), where + ": there is no such rank")
            index, state = rankings[prize][rank - 1], wins.get((prize, rank))
            if kind in ("PROMOTED", "SKIPPED"):
                ensure(vacant == prize and rank == following[prize], where + ": it is not this rank's turn")
                following[prize] += 1
                grounds = {"DISQUALIFIED"} if index in disqualified else set()
                if held[index] >= policy["win_limit"]:
                    grounds.add("WIN_LIMIT")
                if kind == "SKIPPED":
                    ensure(event["reason"] in grounds, where + ": there is no such ground")
                else:
                    ensure(not grounds, where + ": this rank is to be skipped, %s" % " and ".join(sorted(grounds)))
                    wins[prize, rank], vacant = "pending", None
                    held[index] += 1
            else:
                ensure(state == "pending" or (state == "claimed" and kind == "DISQUALIFIED"), where + ": no such win")
                ensure(kind != "EXPIRED" or policy["claim_window_seconds"] is not None, where + ": no claim window")
                if kind == "CLAIMED":
                    wins[prize, rank] = "claimed"
                    continue
                if kind == "DISQUALIFIED":
                    disqualified.add(index)
                del wins[prize, rank]
                held[index] -= 1
                vacant = prize
            if vacant is not None and following[vacant] > len(rankings[vacant]):
                vacant = None  # no rank is left: this piece stays unawarded
        ensure(vacant is None, "a win has ended, and the next rank was not looked at")
        standing = {prize: [
            {"rank": rank, "index": index, "pid": self.t["entries"][index]["pid"], "state": wins[prize, rank]}
            for rank, index in enumerate(ranking, 1) if (prize, rank) in wins] for prize, ranking in rankings.items()}
        self.answer["standing"] = "void" if self.voided else "drawn" if rankings else "open"
        self.answer["winners"] = {} if self.voided else standing
        freeze = self.t["freeze"]
        self.answer.update(policyHash=self.t["policy_hash"], listRoot=freeze["root"] if freeze else None)

    def summary(self):
        """What it comes to: the draw, the numbers to compare with those from before, and who holds which prize."""
        policy, freeze = self.t["policy"], self.t["freeze"]
        yield "Draw %s in %s" % (shown(policy["draw"]), shown(policy["room"]))
        yield "policyHash  %s" % self.t["policy_hash"]
        yield "listRoot    %s" % (freeze["root"] if freeze else "not frozen yet")
        if freeze:
            yield "entryCount  %d" % freeze["n"]
        yield "key         %s" % self.t["signature"]["key"]
        for prize in policy["prizes"] if self.t["prizes"] else ():
            winners = self.answer["winners"].get(prize["id"], [])
            # behind the id stands a word: digits beside letters that are read from the right would change their places
            yield "\nPrize %s has %d of %d held; its name is %s" % (
                shown(prize["id"]), len(winners), prize["quantity"], shown(prize["name"]))
            for winner in winners[:LISTED]:
                claimed = ", claimed" if winner["state"] == "claimed" else ""
                yield "  rank %-6d entry %s%s" % (winner["rank"], winner["pid"], claimed)
            if len(winners) > LISTED:
                yield "  and %d more (--json lists them all)" % (len(winners) - LISTED)


class ReceiptVerification:
    """"Receipt" in the specification. A transcript that comes with it has been verified before."""

    CHECKS = ("format", "pid", "path", "signature", "transcript")

    def __init__(self, data, key=None, transcript=None):
        self.data, self.key, self.of, self.answer = data, key, transcript, {}

    def format(self):
        self.receipt = read_json(self.data)
        must_fit(RECEIPT, self.receipt, "receipt")

    def pid(self):
        pid = public_entry_id(self.receipt["draw"], self.receipt["user"], bytes.fromhex(self.receipt["nonce"]))
        ensure(pid.hex() == self.receipt["pid"], "pid is not that of this user and nonce")

    def path(self):  # RFC 6962 §2.1.1: the same walk as RFC 9162 §2.1.3.2
        position, last = self.receipt["index"], self.receipt["freeze"]["n"] - 1
        ensure(position <= last, "index is not below n")
        node = sha256(b"\0", leaf_data(position, self.receipt["weight"], bytes.fromhex(self.receipt["pid"])))
        for sibling in map(bytes.fromhex, self.receipt["path"]):
            ensure(last > 0, "the path is too long")
            while position == last and not position & 1:  # nobody stands to the right: this level is skipped
                position, last = position >> 1, last >> 1
            node = sha256(b"\1", sibling, node) if position & 1 else sha256(b"\1", node, sibling)
            position, last = position >> 1, last >> 1
        ensure(last == 0 and node.hex() == self.receipt["freeze"]["root"], "the path does not lead to the root")

    def signature(self):
        freeze = self.receipt["freeze"]
        must_name(self.key, freeze["signature"])
        message = freeze_message(bytes.fromhex(self.receipt["policy_hash"]), freeze)
        ensure(signed(freeze["signature"], message), "the signature of the freeze does not hold")

    def transcript(self):
        if self.of is not None:
            receipt, of = self.receipt, self.of.t
            ensure(of["policy"]["draw"] == receipt["draw"], "it is the transcript of another draw")
            ensure(of["policy_hash"] == receipt["policy_hash"], "the transcript has another policy")
            ensure(of["freeze"] is not None, "the transcript's list is not frozen")
            ensure(all(of["freeze"][name] == receipt["freeze"][name] for name in ("n", "W", "root")), "the transcript has another list")
            ensure(of["signature"]["key"] == receipt["freeze"]["signature"]["key"], "the transcript has another key")
        self.answer["standing"] = "held"
        self.answer.update(policyHash=self.receipt["policy_hash"], listRoot=self.receipt["freeze"]["root"])

    def summary(self):
        """Whose entry it is, in which list."""
        receipt = self.receipt
        yield "Entry %s of %s, in place %d with weight %d, is on the list of %s" % (
            receipt["pid"], shown(receipt["user"]), receipt["index"], receipt["weight"], shown(receipt["draw"]))
        yield "listRoot    %s" % receipt["freeze"]["root"]
        yield "key         %s" % receipt["freeze"]["signature"]["key"]


def run(verification, say):
    """The answer about one file; each line to read is told to say."""
    for check in verification.CHECKS:
        try:
            getattr(verification, check)()
        except Fault as fault:
            say("  %-10s  FAILED: %s" % (check, fault))
            return {"holds": False, "failed": check, "message": str(fault), **verification.answer}
        partly = check == "entropy" and "unchecked" in verification.answer
        say("  %-10s  %s" % (check, "UNCHECKED: the signature of the drand round needs the package py_ecc" if partly else "holds"))
    return {"holds": None if "unchecked" in verification.answer else True, **verification.answer}


def status_of(answer):
    if answer["holds"] is not True:
        return FAILED if "failed" in answer else UNCHECKED
    return OPEN if answer["standing"] == "open" else 0


FAILED, USAGE, OPEN, UNCHECKED = 1, 2, 3, 4  # exit status


# --- The vectors of the specification -------------------------------------------------------------------------------------
def self_test():
    seed, policy_hash = bytes(range(32)), sha256(b"{}")
    entropy = bytes.fromhex("fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd")
    quicknet, number = next(iter(CHAINS)), 657413
    beacon = "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b"
    signature = {"key": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                 "value": "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                          "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"}
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]

    def whole(weights, prizes, win_limit):
        root = tree_hash(leaf_data(i, weight, sha256(b"user-%d" % i)) for i, weight in enumerate(weights))
        key = draw_key(seed, policy_hash, root, len(weights), sum(weights), entropy)
        prizes = [{"id": name, "quantity": quantity, "alternates": more} for name, quantity, more in prizes]
        return root.hex(), prize_key(key, "p1").hex(), list(draw(weights, prizes, win_limit, key))

    tests = [
        ("ChaCha20", struct.pack("<2Q", *islice(chacha20_words(bytes(32)), 2)).hex(), "76b8e0ada0f13d90405d6ae55386bd28"),
        ("tree hash", tree_hash(map(bytes.fromhex, leaves)).hex(),
         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
        ("randomness", sha256(bytes.fromhex(beacon)).hex(), "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587"),
        ("seed_commit", seed_commit("demo-1", seed).hex(), "b9dd92cfeb54ccb3fe57647f702e99ba6cb0295ffc05215ca9dd65135a73f969"),
        ("25 x 1", whole([1] * 25, [("p1", 5, 0)], 1), (
            "23bf659133ca4dcd02a6e14ab490f197b1798a87a7e5cf8b8c4ae4ba48ab8323",
            "fd6ce6d13d0398fcf6629b96ec722467e920d66262bf19d15bfe9a22d6e1162c", [[18, 5, 12, 9, 4]])),
        ("1, 2, 3, 4, 5", whole([1, 2, 3, 4, 5], [("p1", 1, 4)], 1), (
            "3da01fec48dd33903e39b72d72e7a5bc9197cfa17f21eb5c691645c0e2dbb6dc",
            "4578ea5399ffa2a846d9a13d20fd05d8c4088521becdbf974d7ed63c1fac8ba7", [[2, 3, 4, 1, 0]])),
        ("two prizes", whole(range(1, 8), [("p1", 2, 1), ("p2", 2, 2)], 1)[::2], (
            "215e446d8ddc8ca3f0d072868e10b2833180dbe2df2e85654bb6d18e16d18ea5", [[6, 5, 4], [1, 3, 4, 0]])),
        ("RFC 8032, test 1", signed(signature), True),
        ("RFC 8032, changed", signed(signature, b"x"), False),
        ("RFC 8785", canonical({"b": [0, 2**53 - 1, True, None], "a": "\u20ac$\x0f\nA'B\"\\\\\"/\x7f\U0001f600"}),
         '{"a":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f\U0001f600","b":[0,9007199254740991,true,null]}'),
        ("drand round", round_holds(quicknet, number, beacon), True),
        ("drand round, changed", round_holds(quicknet, number + 1, beacon), False)]
    for name, got, wanted in tests:
        write("%-20s  %s" % (name, "UNCHECKED (py_ecc)" if got is None else "holds" if got == wanted else "FAILED"))
    if not all(got is None or got == wanted for _, got, wanted in tests):
        return FAILED
    return UNCHECKED if any(got is None for _, got, _ in tests) else 0


def write(line):
    """On standard output. Who has closed it, as head does, has seen enough; the exit status is still told."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def key_of(text):
    if not re.fullmatch(HASH, text.lower()):
        raise argparse.ArgumentTypeError("a key has 64 hexadecimal digits")
    return text.lower()


def main():
    parser = argparse.ArgumentParser(
        description="Verifies draws of the protocol vdraw/1.", formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="exit status:\n"
        "  0  everything was checked and holds: the draw is over, or void\n  1  a check failed\n"
        "  2  usage, or a file that cannot be read\n  3  nothing failed, but a draw is still open\n"
        "  4  nothing failed, but the signature of a drand round was not checked: install py_ecc\n"
        "Of several files the first of 2, 1, 4, 3 that is one's counts.")
    parser.add_argument("files", metavar="FILE", nargs="*", help="a transcript; - is the standard input")
    parser.add_argument("--receipt", metavar="FILE", help="verify a receipt, and its transcript where one is given")
    parser.add_argument("--key", type=key_of, help="the server's public key, 64 hexadecimal digits: the check signature "
                        "fails with any other. The server shows it at /.well-known/jwks.json and in Draw.signature")
    parser.add_argument("--json", action="store_true", help="one JSON object per file, on a line")
    parser.add_argument("--self-test", action="store_true", help="run the vectors of the specification")
    options = parser.parse_intermixed_args()
    sys.stdout.reconfigure(encoding="utf-8")
    if options.self_test:
        return self_test()
    if not options.files and options.receipt is None or options.receipt is not None and len(options.files) > 1:
        parser.error("one transcript or more, or one receipt and at most one transcript")
    statuses, transcript, say = {0}, None, (lambda line: None) if options.json else write
    files = [(name, False) for name in options.files] + [(options.receipt, True)] * (options.receipt is not None)
    for name, is_receipt in files:
        try:
            with open(0 if name == "-" else name, "rb") as file:
                data = file.read()
        except OSError as error:
            print("%a: %s" % (name, error.strerror), file=sys.stderr)
            statuses.add(USAGE)
            continue
        key = options.key
        transcript = verification = ReceiptVerification(data, key, transcript) if is_receipt else Verification(data, key)
        say("%a" % name)
        answer = run(verification, say)
        if options.json:
            write(json.dumps({"file": name, **answer}))
        if "failed" not in answer:
            for line in verification.summary():
                say(line)
            say("  %s%s" % (answer["standing"], "" if answer["holds"] else ", but NOT everything was checked"))
        statuses.add(status_of(answer))
        if "failed" in answer and options.receipt is not None:
            break
    return next(status for status in (USAGE, FAILED, UNCHECKED, OPEN, 0) if status in statuses)


if __name__ == "__main__":
    sys.exit(main())
