"""Images of our own making under the contract of official ones, for engines that reach no registry."""

import io
import os
import subprocess
import tarfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from docker import DockerClient
from docker.errors import BuildError, ImageNotFound

T = TypeVar("T")
BUILDS_AT_ONCE = 2
"""While one downloads, another compiles."""
DEBIAN = "fiapx-stand-in/debian"
_SUITE = "trixie"
_COMPOSE = "usr/libexec/docker/cli-plugins/docker-compose"
_AS_SLIM_IMAGES = (
    "force-unsafe-io",  # nothing is synced for a layer that a crash would throw away
    "path-exclude=/usr/share/doc/*",
    "path-exclude=/usr/share/man/*",
    "path-exclude=/usr/share/locale/*",
)
_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")


def build_side_by_side(build: Callable[[T], None], items: Iterable[T]) -> None:
    """Some at a time. An interrupt waits for none of them: those under way end with the engine."""
    builders = ThreadPoolExecutor(BUILDS_AT_ONCE)
    try:
        list(builders.map(build, items))
    finally:
        builders.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True)
class DebianImage:
    """Debian 13 with Python, bootstrapped from Debian's mirror; its compose plugin comes along."""

    folder: Path

    @property
    def compose(self) -> Path:
        """Debian 13's docker-compose, which runs on Debian 12 as well."""
        return self.folder / "docker-compose"

    @property
    def archive(self) -> Path:
        return self.folder / "debian.tar"

    def make(self) -> None:
        """Some 50 s; nothing when it was made before."""
        if self.archive.exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.archive.with_name("part.tar")
        hooks = [
            'chroot "$1" sh -c "mkdir /compose && cd /compose && apt-get download -q docker-compose"',
            'chroot "$1" sh -c "cd /compose && dpkg-deb -x *.deb ."',
            f"download /compose/{_COMPOSE} {self.compose}",
            'rm -r "$1/compose"',
        ]
        if _AUTHORITIES.exists():  # a private authority of this machine's network is one of the image's, too
            hooks.append(f"copy-in {_AUTHORITIES} {_AUTHORITIES.parent}")
        command = ["mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates,python3,python3-venv"]
        command += [f"--dpkgopt={option}" for option in _AS_SLIM_IMAGES]
        command += [f"--customize-hook={hook}" for hook in hooks]
        subprocess.run([*command, _SUITE, part], check=True, timeout=600)
        self.compose.chmod(0o755)
        part.rename(self.archive)

    def load(self, client: DockerClient) -> None:
        """Give it to an engine."""
        if _has(client, DEBIAN):
            return
        client.api.import_image_from_file(str(self.archive), repository=DEBIAN, tag="latest")


@dataclass(frozen=True)
class StandIns:
    """The targets of one Dockerfile, each an image `fiapx-stand-in/TARGET`."""

    client: DockerClient
    files: tuple[Path, ...]
    """The Dockerfile and what it copies, laid side by side."""

    def build(self, families: Iterable[Sequence[str]], say: Callable[[str], None]) -> None:
        """Build each target; the engine's cache makes it quick the second time.

        Targets of one family share layers and follow one another; families are built side by side.

        Raises:
            AssertionError: with the end of the build's log.
        """

        def build_family(targets: Sequence[str]) -> None:
            for target in targets:
                say(f"building the stand-in {target}")
                self._build(target)

        build_side_by_side(build_family, families)

    def name(self, target: str, *names: str) -> None:
        """Give a stand-in the names of the images it stands for."""
        image = self.client.images.get(f"fiapx-stand-in/{target}")
        for name in names:
            image.tag(*name.split(":"))

    def _build(self, target: str) -> None:
        try:
            self.client.images.build(
                fileobj=self._context(),
                custom_context=True,
                target=target,
                tag=f"fiapx-stand-in/{target}",
                buildargs={"BASE": DEBIAN},
                network_mode="host",
                rm=True,
                forcerm=True,
            )
        except BuildError as failed:
            lines = [str(line.get("stream", "")).rstrip() for line in failed.build_log]
            raise AssertionError("\n".join([str(failed), *lines[-30:]])) from failed

    def _context(self) -> io.BytesIO:
        context = io.BytesIO()
        with tarfile.open(fileobj=context, mode="w") as archive:
            for file in self.files:
                member = archive.gettarinfo(file, file.name)
                member.mtime, member.uid, member.gid, member.uname, member.gname = 0, 0, 0, "", ""
                member.mode = 0o755 if os.access(file, os.X_OK) else 0o644
                with file.open("rb") as content:
                    archive.addfile(member, content)
        context.seek(0)
        return context


def _has(client: DockerClient, name: str) -> bool:
    try:
        client.images.get(name)
    except ImageNotFound:
        return False
    return True
