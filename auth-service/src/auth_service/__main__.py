"""`python -m auth_service`."""

from fiapx_common.running import serve

from auth_service.bootstrap import running
from auth_service.settings import Settings

if __name__ == "__main__":
    serve(running, Settings())
