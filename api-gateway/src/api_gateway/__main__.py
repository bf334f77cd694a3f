"""`python -m api_gateway`."""

from fiapx_common.running import serve

from api_gateway.bootstrap import running
from api_gateway.settings import Settings

if __name__ == "__main__":
    serve(running, Settings())
