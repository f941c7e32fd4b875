#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The HTTP client against a server that misbehaves in every way that servers do.

usage: tests/net/client.py GET_PROGRAM

The server is Python's own, on a port of this machine that the system chooses.
"""
import hashlib
import http.server
import os
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import time

GET = sys.argv[1]
BODY = bytes(range(256)) * 4096  # 1 MiB
SUM = hashlib.sha256(BODY).hexdigest()
HALF = len(BODY) // 2
count = {}
failed = []
passed = 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def break_off(self, **headers):
        """Half of the body under the length of the whole, and the connection is gone."""
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY[:HALF])
        self.wfile.flush()
        self.close_connection = True

    def do_GET(self):
        path = self.path
        n = count[path] = count.get(path, 0) + 1
        ranged = self.headers.get("Range")
        if path == "/plain":
            if self.headers.get("If-None-Match") == '"one"':
                return self.answer(304, ETag='"one"')
            return self.answer(200, BODY, ETag='"one"')
        if path == "/missing":
            return self.answer(404, b"<html>not here</html>")
        if path == "/busy":
            return self.answer(429, Retry_After="1") if n == 1 else self.answer(200, BODY)
        if path == "/sick":
            return self.answer(503) if n < 3 else self.answer(200, BODY)
        if path == "/dead":
            return self.answer(503)
        if path == "/patience":
            return self.answer(503, Retry_After="86400")
        if path == "/resume":
            if n == 1:
                return self.break_off(ETag='"r"')
            if ranged == f"bytes={HALF}-" and self.headers.get("If-Range") == '"r"':
                return self.answer(206, BODY[HALF:], ETag='"r"', Content_Range=f"bytes {HALF}-{len(BODY) - 1}/{len(BODY)}")
            return self.answer(400)
        if path == "/changed":  # another body since: If-Range makes the server send all of it
            return self.break_off(ETag='"old"') if n == 1 else self.answer(200, BODY, ETag='"new"')
        if path == "/unnamed":  # no validator, so nothing can be resumed
            return self.break_off() if n == 1 else self.answer(200 if not ranged else 400, BODY)
        if path == "/liar":
            if n == 1:
                return self.break_off(ETag='"r"')
            return self.answer(206, BODY[:10], ETag='"r"', Content_Range=f"bytes 0-9/{len(BODY)}")
        if path == "/hop":
            return self.answer(302, Location="/plain")
        if path == "/loop":
            return self.answer(302, Location="/loop")
        if path == "/stall":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(4)
            self.close_connection = True
            return None
        return self.answer(500)


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a client that goes away is what some of the tests are about


class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    handle_error = Server.handle_error

    def get_request(self):
        request, _ = super().get_request()
        return request, ("unix", 0)


def check(name, args, *want):
    global passed
    done = subprocess.run([GET, *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    lacks = [line for line in want if line not in done.stdout]
    if lacks:
        failed.append(name)
        print(f"FAILED {name}: no {lacks} in\n{done.stdout}")
    else:
        passed += 1


def self_signed(where):
    key, cert = os.path.join(where, "key"), os.path.join(where, "cert")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
                   check=True, stderr=subprocess.DEVNULL)
    return key, cert


def main():
    os.environ["no_proxy"] = "*"
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    whole = ("status 200", f"sha256 {SUM}")
    check("a plain answer", [base + "/plain"], *whole, 'etag "one"', "tries 1")
    check("nothing new", [base + "/plain", "--etag", '"one"'], "status 304", "bytes 0")
    check("not there", [base + "/missing"], "status 404", "bytes 0", "tries 1")
    check("429 with Retry-After", [base + "/busy"], *whole, "tries 2")
    check("503 twice", [base + "/sick"], *whole, "tries 3")
    check("503 for ever", [base + "/dead"], "error NET", "answers 503, also when tried 5 times")
    check("a day of patience", [base + "/patience"], "error NET", "asks to wait 86400 seconds")
    check("broken off and resumed", [base + "/resume"], *whole, "tries 2")
    check("broken off and changed since", [base + "/changed"], *whole, "restart")
    check("broken off without a validator", [base + "/unnamed"], *whole, "restart")
    count.clear()
    check("nothing to restart", [base + "/unnamed", "--no-restart"], "error NET", "cannot resume")
    check("another part than asked for", [base + "/liar"], "error NET", "not asked for")
    check("a redirection", [base + "/hop"], *whole)
    check("a loop of redirections", [base + "/loop"], "error NET", "redirected more than 5 times")
    check("a body over the limit", [base + "/plain", "--max", "1000"], "error LIMIT", "larger than 1000 bytes")
    check("nobody there", ["http://127.0.0.1:1/"], "error NET", "also when tried again")
    check("another protocol", ["file:///etc/passwd"], "error NET")
    check("a transfer that stands still", [base + "/stall", "--no-restart"], "error NET")
    with tempfile.TemporaryDirectory() as where:
        path = os.path.join(where, "socket")
        unix = UnixServer(path, Handler)
        threading.Thread(target=unix.serve_forever, daemon=True).start()
        check("a Unix socket", ["http://engine/plain", "--socket", path], *whole)
        key, cert = self_signed(where)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        secure = Server(("127.0.0.1", 0), Handler)
        secure.socket = context.wrap_socket(secure.socket, server_side=True)
        threading.Thread(target=secure.serve_forever, daemon=True).start()
        url = f"https://localhost:{secure.server_port}/plain"
        check("a certificate that does not verify", [url], "error NET", "does not verify", "--ca-file")
        check("the same one, trusted", [url, "--ca", cert], *whole)
    print(f"{passed} passed, {len(failed)} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
