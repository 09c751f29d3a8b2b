"""The package gql: queries by HTTP with aiohttp, subscriptions over graphql-transport-ws."""

import asyncio
import socket

from gql import gql
from gql.transport.exceptions import TransportError, TransportQueryError

import api
from connect import by_http, by_socket

PAGE = 3

PATIENCE = 60
"""Longest wait for everything, in seconds."""

VIEWER = gql("query Viewer { viewer { email profile { displayName } } }")

PRIZES = """query Prizes($roomId: ID!, $first: Int!, $after: String) {
  room(id: $roomId) {
    prizes(first: $first, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } }
  }
}"""

REFUSED = gql("query Refused { rooms(first: 0) { nodes { id } } }")

INVALID = gql("query Invalid { viewer { shoeSize } }")

EVENTS = """subscription Events($roomId: ID!, $after: Long) {
  roomEvents(roomId: $roomId, after: $after) { __typename sequence ... on PrizeCreated { name } }
}"""


async def reads(session):
    answer = await session.execute(VIEWER)
    assert answer["viewer"]["profile"]["displayName"] == "Olivia Organizer", answer


async def first_error(session, document):
    try:
        answer = await session.execute(document)
    except TransportQueryError as refusal:
        return refusal.errors[0]
    raise AssertionError(f"not refused: {answer}")


async def is_refused(session):
    error = await first_error(session, REFUSED)
    assert error["extensions"]["code"] == "VALIDATION", error
    assert error["extensions"]["field"] == "first", error
    assert error["path"] == ["rooms"], error
    error = await first_error(session, INVALID)
    assert error["extensions"]["code"] == "VALIDATION", error
    assert "path" not in error and "shoeSize" in error["message"], error


async def pages(session, room):
    seen, count, after = [], 0, None
    while True:
        document = gql(PRIZES)
        document.variable_values = {"roomId": room.id, "first": PAGE, "after": after}
        prizes = (await session.execute(document))["room"]["prizes"]
        seen += [prize["name"] for prize in prizes["nodes"]]
        count += 1
        if not prizes["pageInfo"]["hasNextPage"]:
            break
        after = prizes["pageInfo"]["endCursor"]
    assert seen == room.names, seen
    assert count == -(-len(room.names) // PAGE), count


def events(session, room, after):
    document = gql(EVENTS)
    document.variable_values = {"roomId": room.id, "after": after}
    return session.subscribe(document)


async def take(stream, handled, name):
    """Handles what comes until a prize of this name is made."""
    async for answer in stream:
        handled.append(answer["roomEvents"])
        if handled[-1].get("name") == name:
            return
    raise AssertionError(f"the stream ended before {name} came")


async def happens(room, name):
    await asyncio.to_thread(room.add_prize, name)


async def is_cut(client, stream):
    """Breaks off the connection as a dead network would, and waits until the client has noticed."""
    connection = client.transport.adapter.websocket.transport.get_extra_info("socket")
    connection.shutdown(socket.SHUT_RDWR)
    try:
        answer = await anext(stream)
    except TransportError:
        return
    raise AssertionError(f"an event came over a connection that was cut: {answer}")


async def follows(room):
    handled = []
    client = by_socket(api.HTTP, room.token)
    stream = events(await client.connect_async(), room, 0)
    await take(stream, handled, room.names[-1])
    await happens(room, "While connected")
    await take(stream, handled, "While connected")
    await is_cut(client, stream)
    await client.close_async()

    await happens(room, "While away")
    async with by_socket(api.HTTP, room.token) as session:
        stream = events(session, room, handled[-1]["sequence"])
        await take(stream, handled, "While away")
        await happens(room, "Back again")
        await take(stream, handled, "Back again")
        await stream.aclose()

    sequences = [event["sequence"] for event in handled]
    assert sequences == list(range(1, len(handled) + 1)), sequences
    names = [event["name"] for event in handled if event["__typename"] == "PrizeCreated"]
    assert names == [*room.names, "While connected", "While away", "Back again"], names


async def main():
    room = await asyncio.to_thread(api.Room)
    for name, connect in [("HTTP", by_http), ("WebSocket", by_socket)]:
        async with connect(api.HTTP, room.token) as session:
            await reads(session)
            await is_refused(session)
            await pages(session, room)
        print(f"ok  gql by {name}: reads, errors, pages")
    await follows(room)
    print("ok  gql follows a room, is cut off, and comes back without a gap")


asyncio.run(asyncio.wait_for(main(), PATIENCE))
