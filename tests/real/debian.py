# SPDX-License-Identifier: Apache-2.0
"""A Debian bookworm image of about 1 GB, made with debootstrap and a real Docker Engine.

Layers: the base; nginx and Python; a JRE; Node.js and npm; compilers; an application with several
hundred npm modules; Python libraries under /opt; removals, as whiteouts and opaque directories.
"""

import json
import os
import subprocess

from common import CommandError, have, made, run, say

# Old on purpose: libraries with known flaws, as real images carry them.
NPM = {"express": "4.16.0", "lodash": "4.17.15", "minimist": "1.2.0", "request": "2.88.0",
       "moment": "2.24.0", "handlebars": "4.5.0", "axios": "0.19.0", "node-fetch": "2.6.0",
       "ws": "7.2.0", "serialize-javascript": "2.1.0", "ua-parser-js": "0.7.20",
       "webpack": "4.43.0", "eslint": "6.8.0", "mocha": "7.1.0", "@babel/core": "7.9.0",
       "tar": "6.0.1", "json5": "2.1.0", "marked": "0.7.0", "jquery": "3.4.0"}
NPM_OLD = {"minimist": "0.0.8", "ms": "0.7.0"}
PYPI = ["Django==3.2.0", "Jinja2==2.11.2", "requests==2.25.0", "urllib3==1.26.4", "Flask==1.1.2",
        "Werkzeug==1.0.0", "certifi==2022.5.18", "setuptools==65.5.0", "wheel==0.38.0",
        "pip==21.0", "idna==2.10", "sqlparse==0.4.1", "asgiref==3.3.4", "itsdangerous==1.1.0",
        "click==7.1.2", "ruamel.yaml==0.17.21", "paramiko==2.7.2"]

APT = "apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y" \
      " --no-install-recommends"
CLEAN = "apt-get clean && rm -rf /var/lib/apt/lists/*"

DOCKERFILE = f"""\
FROM plimsoll/debian-base:test
ENV LANG=C.UTF-8 APP_ENV=production
RUN {APT} nginx python3-requests python3-pip python3-jinja2 wget procps netcat-openbsd sudo
RUN {APT} default-jre-headless libcommons-io-java && {CLEAN}
RUN {APT} nodejs npm && {CLEAN}
RUN {APT} python3-numpy binutils linux-libc-dev imagemagick && {CLEAN}
COPY app /app
COPY py /opt/py/lib/python3.11/site-packages
COPY old /srv/removed
COPY old /srv/opaque
RUN rm -rf /srv/removed && rm -rf /srv/opaque && mkdir /srv/opaque && echo new >/srv/opaque/file
RUN apt-get purge -y wget && apt-get remove -y procps
RUN cd /opt/py/lib/python3.11/site-packages && rm -rf click click-*
LABEL org.opencontainers.image.title="plimsoll test image"
EXPOSE 80
WORKDIR /app
CMD ["nginx", "-g", "daemon off;"]
"""


def missing():
    if os.geteuid() != 0:
        return "not root: debootstrap cannot run"
    return None if have("debootstrap") else "no debootstrap"


def base(engine, where):
    root = os.path.join(where, "base")
    if not os.path.isdir(root):
        say("debootstrap of Debian bookworm")
        with made(root) as tmp:
            run(["debootstrap", "--variant=minbase", "bookworm", tmp])
    tar = os.path.join(where, "base.tar")
    if not os.path.exists(tar):
        with made(tar) as tmp:
            run(["tar", "-C", root, "--numeric-owner", "--one-file-system", "--sort=name",
                 "--exclude=./var/cache/apt/archives/*.deb", "-cf", tmp, "."])
    return engine.import_tar(tar, "plimsoll/debian-base:test")


def npm_app(path, name, modules, tally):
    """Real modules by npm; an empty application when the registry does not answer."""
    if os.path.isdir(path):
        return
    with made(path) as tmp:
        os.mkdir(tmp)
        with open(os.path.join(tmp, "package.json"), "w", encoding="utf-8") as f:
            json.dump({"name": name, "version": "1.0.0", "private": True,
                       "dependencies": modules}, f, indent=1)
        if not have("npm"):
            tally.skip(f"npm modules of {name}", "no npm")
            return
        try:
            run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund",
                 "--loglevel=error"], cwd=tmp, timeout=300)
        except (CommandError, subprocess.TimeoutExpired) as e:
            tally.skip(f"npm modules of {name}", e)


def python_libraries(path, tally):
    if os.path.isdir(path):
        return
    with made(path) as tmp:
        os.mkdir(tmp)
        try:
            run(["python3", "-m", "pip", "install", "-q", "--no-deps", "--no-compile",
                 "--only-binary=:all:", "--python-version=3.11",
                 "--platform=manylinux2014_x86_64", "--platform=manylinux1_x86_64",
                 "--target", tmp, *PYPI], timeout=300)
        except (CommandError, subprocess.TimeoutExpired) as e:
            tally.skip("Python libraries", e)


def build(engine, where, tally):
    """The tag of the image in the engine."""
    base(engine, where)
    context = os.path.join(where, "context")
    os.makedirs(context, exist_ok=True)
    npm_app(os.path.join(context, "app"), "plimsoll-test-app", NPM, tally)
    npm_app(os.path.join(context, "old"), "plimsoll-old-app", NPM_OLD, tally)
    python_libraries(os.path.join(context, "py"), tally)
    with open(os.path.join(context, "Dockerfile"), "w", encoding="utf-8") as f:
        f.write(DOCKERFILE)
    say("docker build of the Debian image")
    tag = "plimsoll/debian-12:test"
    engine.docker("build", "-q", "--network=host", "-t", tag, context)
    return tag
