"""The packet laboratory: what the API promised, shown with packets through a real OVN and Open vSwitch.

One laboratory serves a whole test run (per worker): PostgreSQL, the network API with its translation, OVN, one chassis,
the far side of a provider network. A guest is a network namespace whose `eth0` is plugged as the agent plugs a tap.
Everything of a guest happens in this process (its sockets are opened inside its namespace), so a test costs well
under two seconds. Networks, ports and groups that a test makes may stay; guests are unplugged at its end.

    async def test_neighbours_talk(lab: Laboratory) -> None:
        network, subnet = await lab.network("10.0.0.0/24")          # tenant alice; who="bob" for another
        ports = [await lab.api.make("port", network_id=network["id"]) for _ in range(2)]
        async with lab.plugged(*ports) as (web, friend):            # addresses, routes, MTU as the ports say
            async with web.listening(80):                           # echoes; `answering` does so by UDP
                assert await friend.reaches(web.ip)                 # ping
                assert await friend.connects(web.ip, 80)
            await lab.api.remove(...)                               # answered when OVN holds it, hence then:
            await lab.settled()                                     # the chassis' flows are those of the API's state

        async with lab.plugged(*ports, silent=True) as (liar, victim):   # no IP stack: only what the test sends
            frame = Ether(src=..., dst=victim.mac) / IP(...) / UDP(...)  # scapy
            assert await arrivals(liar, victim, [frame]) == []           # from sniffing.py; proves the way is open, too

    lab.external, lab.outside                a flat external network and a guest on its far side, at both of
                                             its gateway addresses (150.25.12.254, 2001:db8:ffff::fe)
    await lab.router(subnet, ...)            a router that leads there; `external=False`: between the subnets alone
    async with guest.sniffing() as seen      every frame that arrives, as scapy parses it: `await seen.wait(predicate)`
    guest.open_socket(family, kind)               a socket of the guest for anything else

A packet that should not arrive is followed by one that should: waiting for that one is what makes the first one's
absence a fact. `reaches` and `connects` say no after `within_s`, which a test that expects
no makes short (0.4); beside them, show that the way is open to others.
"""
