"""How many addresses of each network and subnet are there, and how many are used."""
