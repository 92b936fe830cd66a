"""`make mission NAME`: a new mission that works, made from the templates beside this file."""
