"""The living page of the kit, /kit/: every component in all its states, with made-up figures."""
