"""`python -m processing_service`."""

from fiapx_common.running import serve

from processing_service.bootstrap import running
from processing_service.settings import Settings

if __name__ == "__main__":
    serve(running, Settings())
