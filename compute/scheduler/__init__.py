"""Where a server goes: a snapshot of the hosts in, ordered hosts and a reason for each other one out; claims verify it.

snapshot.py     what a host is and what a server wants; reads the snapshot
filters.py      why a host cannot take a server           (pure)
weights.py      which host comes first                    (pure)
place.py        both together, and the words for nobody   (pure)
claims.py       the ledger: takes and gives back, guarded, in the caller's transaction
"""
