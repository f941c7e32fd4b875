# SPDX-License-Identifier: Apache-2.0
"""A Docker Engine of our own: started when first needed, stopped at the end, no network rules."""

import json
import os
import re
import signal
import subprocess
import tempfile
import time

from common import CommandError, have, remove, run, say


class Engine:
    def __init__(self, data_root):
        self.data_root = data_root
        self.daemon = None
        self.state = None
        self.log = None
        self.why = None
        if not have("dockerd", "docker", "containerd"):
            self.why = "no Docker Engine installed"
        elif os.geteuid() != 0:
            self.why = "not root: cannot start a Docker Engine"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def usable(self):
        return self.why is None and self.start()

    def start(self):
        if self.daemon:
            return True
        # A short path: the name of a unix socket has 107 bytes at most.
        self.state = tempfile.mkdtemp(prefix="pl-engine-", dir="/tmp")
        for driver in ("overlay2", "vfs"):
            if self.try_start(driver):
                return True
        self.why = f"the Docker Engine does not start: {self.last_words()}"
        remove(self.state)
        return False

    def try_start(self, driver):
        self.log = os.path.join(self.state, "log")
        with open(self.log, "wb") as log:
            daemon = subprocess.Popen(
                ["dockerd", "--iptables=false", "--ip6tables=false", "--bridge=none",
                 f"--storage-driver={driver}", f"--data-root={self.data_root}-{driver}",
                 f"--exec-root={self.state}/exec", f"--pidfile={self.state}/pid",
                 "-H", f"unix://{self.state}/docker.sock"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self.env = dict(os.environ, DOCKER_HOST=f"unix://{self.state}/docker.sock",
                        DOCKER_BUILDKIT="0", DOCKER_CONFIG=self.state)
        self.daemon = daemon
        for _ in range(240):
            if daemon.poll() is not None:
                break
            if subprocess.run(["docker", "info"], env=self.env, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode == 0:
                say(f"Docker Engine started ({driver})")
                return True
            time.sleep(0.25)
        self.kill()
        return False

    def last_words(self):
        with open(self.log, errors="replace", encoding="utf-8") as f:
            lines = f.read().strip().splitlines()
        return lines[-1] if lines else "no word"

    def kill(self):
        daemon, self.daemon = self.daemon, None
        if daemon and daemon.poll() is None:
            daemon.send_signal(signal.SIGTERM)
            try:
                daemon.wait(60)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()

    def stop(self):
        self.kill()
        if self.state:
            self.unmount()
            remove(self.state)

    def unmount(self):
        """The engine leaves the mount of its network namespace behind."""
        with open("/proc/mounts", encoding="utf-8") as f:
            mounts = [line.split()[1] for line in f]
        for mount in reversed(mounts):
            if mount.startswith((self.state + "/", self.data_root + "-")):
                subprocess.run(["umount", mount], check=False)

    def docker(self, *args, **kw):
        if not self.start():
            raise CommandError(self.why)
        return run(["docker", *args], env=self.env, **kw).strip()

    def import_tar(self, path, tag):
        with open(path, "rb") as f:
            self.docker("import", "-m", "root file system", "-", tag, stdin=f)
        return tag

    def export(self, archive, path):
        """The flattened root file system of an image that was saved."""
        loaded = self.docker("load", "-i", archive)
        image = re.search(r"Loaded image(?: ID)?: (\S+)", loaded).group(1)
        container = self.docker("create", image, "/bin/true")
        self.docker("export", "-o", path, container)
        self.docker("rm", container)

    def version(self):
        return json.loads(self.docker("version", "-f", "{{json .Server}}"))["Version"]
