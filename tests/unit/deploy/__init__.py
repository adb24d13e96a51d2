"""How the lab is put together, as far as no process is started."""
