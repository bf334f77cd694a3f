"""`python -m notification_service`."""

from fiapx_common.running import serve

from notification_service.bootstrap import running
from notification_service.settings import Settings

if __name__ == "__main__":
    serve(running, Settings())
