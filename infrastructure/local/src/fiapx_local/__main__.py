"""`python -m fiapx_local up|down|status|logs|doctor|reset`."""

import sys

from fiapx_local.commands import main

sys.exit(main())
