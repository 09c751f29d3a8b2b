from gql import Client
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.websockets import WebsocketsTransport


def by_http(url, bearer):
    """For queries and mutations."""
    return Client(transport=AIOHTTPTransport(url=url, headers={"authorization": f"Bearer {bearer}"}))


def by_socket(url, bearer):
    """For subscriptions."""
    return Client(
        transport=WebsocketsTransport(
            url=url.replace("http", "ws", 1),
            init_payload={"authorization": f"Bearer {bearer}"},
            subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
        )
    )
