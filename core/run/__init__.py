"""The server's start and every command. What any of them writes is for its owner alone, from here on."""

import os

os.umask(0o077)
