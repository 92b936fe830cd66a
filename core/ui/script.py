"""The script of every run: no more than a call, since Streamlit compiles a script's file and runs all of it each time,
where a module keeps what it has read."""

from core.ui import shell

shell.run()
