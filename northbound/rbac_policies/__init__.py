"""RBAC policies: grants of a resource to another project, or to every one."""
