"""Users and groups that an LDAP directory keeps: how it is asked, and the copies of what it said. Read only."""
