"""`python -m fiapx_local up|down|status|logs|doctor|reset|admin`."""

import sys

from fiapx_local.commands import main

sys.exit(main())
