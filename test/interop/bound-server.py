"""A web server on TLS that lets in whoever authenticates with MIT's GSSAPI and is bound to this very connection.

Its first line of input says its certificate with the key, and with which hash function it makes the bindings; its first
line of output is its port. Each request authenticates anew, also the second one of a connection.
"""

import base64
import hashlib
import json
import os
import ssl
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import gssapi
from gssapi.raw import ChannelBindings

channel_bound = 2048


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    handshakes = 0

    def do_GET(self):
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme != "Negotiate":
            return self.answer(401, "who are you?", "Negotiate")
        try:
            context = gssapi.SecurityContext(usage="accept", channel_bindings=self.server.bindings)
            last = context.step(base64.b64decode(token))
            # python3-gssapi keeps the error of a step that has a token, until somebody asks.
            complete = context.complete
        except gssapi.exceptions.GSSError as error:
            return self.answer(401, type(error).__name__, "Negotiate")
        if not complete:
            return self.answer(401, "more than one leg", "Negotiate")
        if not int(context.actual_flags) & channel_bound:
            return self.answer(401, "unbound", "Negotiate")
        self.handshakes += 1
        welcome = f"{context.initiator_name} bound {self.handshakes}"
        return self.answer(200, welcome, f"Negotiate {base64.b64encode(last or b'').decode()}")

    def answer(self, status, text, challenge):
        self.send_response(status)
        self.send_header("WWW-Authenticate", challenge)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, pem, hash_name):
        super().__init__(("127.0.0.1", 0), Handler)
        certificate = pem[pem.index("-----BEGIN CERTIFICATE") :]
        digest = hashlib.new(hash_name, ssl.PEM_cert_to_DER_cert(certificate.strip())).digest()
        self.bindings = ChannelBindings(application_data=b"tls-server-end-point:" + digest)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(pem)
            file.flush()
            self.tls.load_cert_chain(file.name)

    def finish_request(self, request, client_address):
        """In a thread of the connection's own: a handshake of TLS keeps nobody else waiting."""
        super().finish_request(self.tls.wrap_socket(request, server_side=True), client_address)


settings = json.loads(sys.stdin.readline())
server = Server(settings["pem"], settings["hash"])
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
# The test ends the input, and with it this process.
sys.stdin.read()
os._exit(0)
