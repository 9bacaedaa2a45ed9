import sys

from recoup.console import main

sys.exit(main())
