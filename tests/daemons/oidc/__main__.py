"""`python -m tests.daemons.oidc PORT [CERTIFICATE KEY]`: a provider on 127.0.0.1, made of Authlib's parts.

Clients and users are those below. Its tokens are JWTs (RFC 9068), or opaque when the scope says so. Below `/test` a
test rotates its keys, has it sign whatever claims and header it likes, and reads what it was asked for.
"""

import json
import sys
import time
from typing import Any

import jwt
from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin, grants
from authlib.oauth2.rfc6750 import BearerTokenGenerator, BearerTokenValidator
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from authlib.oidc.core import UserInfoEndpoint
from flask import Flask, Response, jsonify, redirect, request
from joserfc.jwk import ECKey, KeySet, RSAKey

AUDIENCE = "meridian"
USERS: dict[str, dict[str, Any]] = {
    "fern": {"password": "fern's", "groups": ["gardeners", "readers"], "email": "fern@example.org", "team": "moss"},
    "ivy": {"password": "ivy's", "groups": ["strangers"], "email": "ivy@example.org", "team": "bark"},
}


class Client(ClientMixin):
    """`secret` None is a public client."""

    def __init__(self, client_id: str, secret: str | None, audience: str) -> None:
        self.client_id = client_id
        self.secret = secret
        self.audience = audience
        self.client_metadata: dict[str, Any] = {}

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return "http://127.0.0.1/"

    def get_allowed_scope(self, scope: str) -> str:
        return scope or ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.startswith("http://127.0.0.1")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == self.secret

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return (method == "none") == (self.secret is None)

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return True


class Subject:
    def __init__(self, name: str) -> None:
        self.name = name

    def get_user_id(self) -> str:
        return f"id-of-{self.name}"


class Token(TokenMixin):
    """An access token as it was given out; `user` is None for a program's."""

    def __init__(self, token: dict[str, Any], client: Client, user: Subject | None) -> None:
        self.text = token["access_token"]
        self.scope = token.get("scope") or ""
        self.client = client
        self.user = user
        self.expires_at = time.time() + token["expires_in"]

    def check_client(self, client: Client) -> bool:
        return self.client.client_id == client.client_id

    def get_scope(self) -> str:
        return self.scope

    def get_expires_in(self) -> int:
        return int(self.expires_at - time.time())

    def is_expired(self) -> bool:
        return time.time() > self.expires_at

    def is_revoked(self) -> bool:
        return False

    def get_user(self) -> Subject | None:
        return self.user

    def get_client(self) -> Client:
        return self.client


CLIENTS = {
    client.client_id: client
    for client in (
        Client("openstack-cli", "secret-of-cli", AUDIENCE),
        Client("public-cli", None, AUDIENCE),
        Client(AUDIENCE, "secret-of-control", AUDIENCE),
        Client("other-app", "secret-of-other", "other-app"),
    )
}


class Provider:
    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.keys: list[Any] = []
        self.tokens: dict[str, Token] = {}
        self.asked: list[str] = []
        self.trouble: dict[str, str] = {}
        self.rotate("RSA")

    def rotate(self, kind: str, keep: int = 0) -> str:
        """Signs with a new key from now on, and publishes `keep` older ones beside it."""
        make = {"RSA": lambda o: RSAKey.generate_key(2048, o), "EC": lambda o: ECKey.generate_key("P-256", o)}[kind]
        algorithm = {"RSA": "RS256", "EC": "ES256"}[kind]
        key = make({"kid": f"key-{time.time_ns()}", "use": "sig", "alg": algorithm})
        self.keys = [key, *self.keys[:keep]]
        return key.kid

    def public_keys(self) -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False) for key in self.keys]}

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "introspection_endpoint": f"{self.issuer}/introspect",
            "jwks_uri": f"{self.issuer}/jwks",
            "grant_types_supported": ["password", "client_credentials"],
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        }

    def claims_of(self, user: Subject | None) -> dict[str, Any]:
        """What the provider says of a user beside who it is."""
        if user is None:
            return {}
        known = {name: value for name, value in USERS[user.name].items() if name != "password"}
        return {"preferred_username": user.name, **known}


def make_application(issuer: str) -> Flask:
    provider = Provider(issuer)
    application = Flask(__name__)

    class Jwts(JWTBearerTokenGenerator):
        def get_jwks(self) -> Any:
            return KeySet([provider.keys[0]])

        def get_audiences(self, client: Client, user: Any, scope: Any) -> str:
            return client.audience

        def get_extra_claims(self, client: Client, grant_type: str, user: Any, scope: Any) -> dict[str, Any]:
            return {} if "slim" in (scope or "") else provider.claims_of(user)

        def access_token_generator(self, client: Client, grant_type: str, user: Any, scope: Any) -> str:
            self.alg = provider.keys[0].alg
            return super().access_token_generator(client, grant_type, user, scope)

    jwts = Jwts(issuer=issuer)
    opaque = BearerTokenGenerator(lambda **_: f"opaque.{time.time_ns()}")

    def generate(client: Client, grant_type: str, user: Any = None, scope: str = "", **rest: Any) -> dict[str, Any]:
        generator = opaque if "opaque" in (scope or "") else jwts
        return generator(grant_type=grant_type, client=client, user=user, scope=scope, include_refresh_token=False)

    def save(token: dict[str, Any], asked: Any) -> None:
        provider.tokens[token["access_token"]] = Token(token, asked.client, asked.user)

    server = AuthorizationServer(application, query_client=CLIENTS.get, save_token=save)
    server.register_token_generator("default", generate)

    class ByPassword(grants.ResourceOwnerPasswordCredentialsGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]

        def authenticate_user(self, username: str, password: str) -> Subject | None:
            return Subject(username) if USERS.get(username, {}).get("password") == password else None

    server.register_grant(ByPassword)
    server.register_grant(grants.ClientCredentialsGrant)

    class Introspection(IntrospectionEndpoint):
        def query_token(self, token_string: str, token_type_hint: str) -> Token | None:
            return provider.tokens.get(token_string)

        def check_permission(self, token: Token, client: Client, asked: Any) -> bool:
            return True

        def introspect_token(self, token: Token) -> dict[str, Any]:
            subject = token.user.get_user_id() if token.user else token.client.client_id
            return {
                "active": True,
                "iss": issuer,
                "sub": subject,
                "aud": token.client.audience,
                "client_id": token.client.client_id,
                "exp": int(token.expires_at),
                **provider.claims_of(token.user),
            }

    server.register_endpoint(Introspection)

    class Validator(BearerTokenValidator):
        def authenticate_token(self, token_string: str) -> Token | None:
            return provider.tokens.get(token_string)

    protector = ResourceProtector()
    protector.register_token_validator(Validator())

    class UserInfo(UserInfoEndpoint):
        def get_issuer(self) -> str:
            return issuer

        def generate_user_info(self, user: Subject, scope: str) -> dict[str, Any]:
            return {"sub": user.get_user_id(), **provider.claims_of(user)}

    server.register_endpoint(UserInfo(resource_protector=protector))

    @application.before_request
    def note() -> Response | None:
        if request.path.startswith("/test/"):
            return None
        provider.asked.append(request.path)
        match provider.trouble.get(request.path):
            case None:
                return None
            case "away":
                return Response(status=503)
            case "silent":
                while provider.trouble.get(request.path) == "silent":
                    time.sleep(0.05)
                return None
            case "large":
                return Response(b'{"keys": [' + b" " * 1_000_000 + b"]}", content_type="application/json")
            case text if text.startswith("{"):
                return Response(text, content_type="application/json")
            case place:
                return redirect(place)

    @application.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        return jsonify(provider.metadata())

    @application.get("/jwks")
    def jwks() -> Response:
        return jsonify(provider.public_keys())

    @application.post("/token")
    def token() -> Response:
        return server.create_token_response()

    @application.post("/introspect")
    def introspect() -> Response:
        return server.create_endpoint_response("introspection")

    @application.get("/userinfo")
    def userinfo() -> Response:
        return server.create_endpoint_response("userinfo")

    @application.post("/test/rotate")
    def rotate() -> Response:
        return jsonify(kid=provider.rotate(request.json["kind"], request.json.get("keep", 0)))

    @application.post("/test/sign")
    def sign() -> Response:
        key = provider.keys[0]
        header = {"kid": key.kid} | request.json.get("header", {})
        payload = json.dumps(request.json["claims"]).encode()
        text = jwt.PyJWS().encode(payload, key.private_key, key.alg, headers=header)
        return jsonify(token=text)

    @application.get("/test/asked")
    def asked() -> Response:
        return jsonify(provider.asked)

    @application.post("/test/trouble")
    def trouble() -> Response:
        provider.trouble = request.json
        return jsonify({})

    return application


def main(port: int, *tls: str) -> None:
    scheme = "https" if tls else "http"
    application = make_application(f"{scheme}://127.0.0.1:{port}")
    application.run("127.0.0.1", port, threaded=True, ssl_context=tuple(tls) or None)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
