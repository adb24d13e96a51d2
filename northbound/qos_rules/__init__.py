"""Rules of QoS policies: limits of bandwidth, guaranteed bandwidth, DSCP marks; and what each means in OVN."""
