"""When somebody who did not answer is asked again."""

import time


class Rest:
    """After a failure nobody asks for `rest_s`; then one caller tries, while the others still go on without."""

    def __init__(self, rest_s: float) -> None:
        self.rest_s = rest_s
        self._away = False
        self._again_at = 0.0

    def may_ask(self) -> bool:
        """Whether to ask now. Who was told yes tells what came of it."""
        now = time.monotonic()
        if now < self._again_at:
            return False
        if self._away:
            self._again_at = now + self.rest_s
        return True

    def answered(self) -> None:
        """All may ask."""
        self._away = False
        self._again_at = 0.0

    def failed(self) -> None:
        """The rest begins."""
        self._away = True
        self._again_at = time.monotonic() + self.rest_s
