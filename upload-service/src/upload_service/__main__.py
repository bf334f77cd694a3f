"""`python -m upload_service`."""

from fiapx_common.running import serve

from upload_service.bootstrap import running
from upload_service.settings import Settings

if __name__ == "__main__":
    serve(running, Settings())
