"""Where a stack keeps its files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fiapx_local.checkout import ROOT


@dataclass(frozen=True)
class Layout:
    """The folders and files below one state folder."""

    state: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Layout":
        """Read FIAPX_STATE_DIR, by default `.local` in the checkout."""
        chosen = environment.get("FIAPX_STATE_DIR", "")
        return cls(Path(chosen).expanduser().absolute() if chosen else ROOT / ".local")

    @property
    def run(self) -> Path:
        return self.state / "run"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def secrets(self) -> Path:
        return self.state / "secrets"

    @property
    def postgres(self) -> Path:
        return self.state / "postgres"

    @property
    def redis(self) -> Path:
        return self.state / "redis"

    @property
    def rabbitmq(self) -> Path:
        return self.state / "rabbitmq"

    @property
    def store(self) -> Path:
        return self.state / "store"

    @property
    def mail(self) -> Path:
        return self.state / "mail"

    @property
    def scratch(self) -> Path:
        return self.state / "scratch"

    def create(self) -> None:
        self.state.mkdir(parents=True, exist_ok=True)
        for folder in (self.run, self.secrets):
            folder.mkdir(mode=0o700, exist_ok=True)
        for folder in self._folders():
            folder.mkdir(exist_ok=True)

    def log(self, program: str) -> Path:
        return self.logs / f"{program}.log"

    @property
    def demo(self) -> Path:
        """The demo user's login."""
        return self.state / "demo.json"

    def everything(self) -> list[Path]:
        """All that a stack ever writes; the state folder itself may hold a person's own files."""
        everything = [*self._folders(), self.run, self.secrets, self.postgres, self.demo]
        return [entry for entry in everything if entry.exists()]

    def _folders(self) -> list[Path]:
        return [self.logs, self.redis, self.rabbitmq, self.store, self.mail, self.scratch]
