-- Servers, what they are made of, where they are placed, and what they count against.
--
-- A row is what somebody asked for; the columns named observed_* are what the agent of the host last said.
-- compute/images and compute/tasks bring their own tables. Nothing here refers to a northbound table by a foreign
-- key: `compute` reads ports through northbound's store.

CREATE SCHEMA IF NOT EXISTS compute;

CREATE TABLE compute.flavors (
    id            text PRIMARY KEY,
    name          text NOT NULL,
    description   text,
    vcpus         integer NOT NULL,
    ram_mb        integer NOT NULL,
    disk_gb       integer NOT NULL,
    ephemeral_gb  integer NOT NULL DEFAULT 0,
    swap_mb       integer NOT NULL DEFAULT 0,
    rxtx_factor   double precision NOT NULL DEFAULT 1.0,
    is_public     boolean NOT NULL DEFAULT true,
    extra_specs   jsonb NOT NULL DEFAULT '{}',
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz,
    CONSTRAINT flavors_name_unique UNIQUE (name),
    CONSTRAINT flavors_size_positive CHECK (
        vcpus > 0 AND ram_mb > 0 AND disk_gb >= 0 AND ephemeral_gb >= 0 AND swap_mb >= 0 AND rxtx_factor > 0)
);

CREATE TABLE compute.flavor_access (
    flavor_id   text NOT NULL CONSTRAINT flavor_access_flavor REFERENCES compute.flavors ON DELETE CASCADE,
    project_id  text NOT NULL,
    PRIMARY KEY (flavor_id, project_id)
);

CREATE TABLE compute.keypairs (
    user_id      text NOT NULL,
    name         text NOT NULL,
    kind         text NOT NULL,
    public_key   text NOT NULL,
    fingerprint  text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT keypairs_name_unique PRIMARY KEY (user_id, name),
    CONSTRAINT keypairs_kind CHECK (kind = 'ssh')
);

-- One row per hypervisor, made by its first report. `used` columns belong to the ledger of compute.allocations; the
-- totals, the hypervisor and reported_at belong to the reports; the rest belongs to operators.
CREATE TABLE compute.hosts (
    name                 text PRIMARY KEY,
    id                   uuid NOT NULL DEFAULT gen_random_uuid(),
    availability_zone    text NOT NULL DEFAULT 'nova',
    enabled              boolean NOT NULL DEFAULT true,
    disabled_reason      text,
    vcpus                integer NOT NULL,
    ram_mb               integer NOT NULL,
    disk_gb              integer NOT NULL,
    vcpus_used           integer NOT NULL DEFAULT 0,
    ram_used_mb          integer NOT NULL DEFAULT 0,
    disk_used_gb         integer NOT NULL DEFAULT 0,
    vcpus_ratio          double precision NOT NULL DEFAULT 16.0,
    ram_ratio            double precision NOT NULL DEFAULT 1.0,
    disk_ratio           double precision NOT NULL DEFAULT 1.0,
    hypervisor_type      text NOT NULL,
    hypervisor_version   integer NOT NULL,
    hypervisor_hostname  text NOT NULL,
    architecture         text NOT NULL,
    reported_at          timestamptz NOT NULL DEFAULT now(),
    created_at           timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT hosts_id_unique UNIQUE (id),
    CONSTRAINT hosts_totals_positive CHECK (vcpus >= 0 AND ram_mb >= 0 AND disk_gb >= 0),
    CONSTRAINT hosts_used_positive CHECK (vcpus_used >= 0 AND ram_used_mb >= 0 AND disk_used_gb >= 0)
);

CREATE TABLE compute.servers (
    id                    uuid PRIMARY KEY,
    project_id            text NOT NULL,
    user_id               text NOT NULL,
    name                  text NOT NULL,
    description           text,
    hostname              text NOT NULL,
    -- What the tenant sees: compute/servers/states.py knows the words and derives `status`.
    vm_state              text NOT NULL,
    task_state            text,
    power_state           text NOT NULL DEFAULT 'unknown',
    -- What the agent is told: each change of the desired server raises the generation.
    generation            bigint NOT NULL DEFAULT 1,
    desired_power         text NOT NULL DEFAULT 'running',
    boot_serial           integer NOT NULL DEFAULT 0,
    boot_kind             text NOT NULL DEFAULT 'hard',
    -- What the agent said last; absent from the row until its first report.
    observed_generation   bigint,
    observed_state        text,
    observed_boot_serial  integer,
    observed_fault        text,
    observed_at           timestamptz,
    host                  text CONSTRAINT servers_host REFERENCES compute.hosts,
    availability_zone     text,
    -- The flavor, image and key as they were when the server was made: later changes of theirs do not reach it.
    flavor                jsonb NOT NULL,
    vcpus                 integer NOT NULL,
    ram_mb                integer NOT NULL,
    disk_gb               integer NOT NULL,
    image                 jsonb NOT NULL,
    key_name              text,
    public_key            text,
    user_data             text,
    config_drive          boolean NOT NULL DEFAULT false,
    metadata              jsonb NOT NULL DEFAULT '{}',
    tags                  text[] NOT NULL DEFAULT '{}',
    access_ip_v4          inet,
    access_ip_v6          inet,
    reservation_id        text NOT NULL,
    launch_index          integer NOT NULL DEFAULT 0,
    fault_code            integer,
    fault_message         text,
    fault_details         text,
    fault_at              timestamptz,
    delete_requested_at   timestamptz,
    created_at            timestamptz NOT NULL DEFAULT now(),
    updated_at            timestamptz NOT NULL DEFAULT now(),
    launched_at           timestamptz,
    CONSTRAINT servers_vm_state CHECK (vm_state IN ('building', 'active', 'stopped', 'paused', 'error')),
    CONSTRAINT servers_power_state CHECK (power_state IN ('unknown', 'running', 'paused', 'shutdown', 'crashed')),
    CONSTRAINT servers_desired_power CHECK (desired_power IN ('running', 'stopped')),
    CONSTRAINT servers_boot_kind CHECK (boot_kind IN ('soft', 'hard')),
    CONSTRAINT servers_generation_positive CHECK (generation > 0)
);

CREATE INDEX servers_by_project ON compute.servers (project_id, created_at DESC, id);
CREATE INDEX servers_by_host ON compute.servers (host);

-- The network cards of a server in the guest's order. A port that the server made goes with it; one that the tenant
-- brought stays (`keep_port`). A card that is `leaving` is no longer desired; its port is let go when the agent is done.
CREATE TABLE compute.interfaces (
    port_id    uuid CONSTRAINT interfaces_port_once PRIMARY KEY,
    server_id  uuid NOT NULL CONSTRAINT interfaces_server REFERENCES compute.servers ON DELETE CASCADE,
    position   integer NOT NULL,
    keep_port  boolean NOT NULL,
    leaving    boolean NOT NULL DEFAULT false,
    tag        text,
    CONSTRAINT interfaces_position_unique UNIQUE (server_id, position)
);

-- The ledger of placement: the `used` columns of compute.hosts are the sums of these rows, changed together.
CREATE TABLE compute.allocations (
    server_id  uuid CONSTRAINT allocations_server_once PRIMARY KEY
               CONSTRAINT allocations_server REFERENCES compute.servers,
    host       text NOT NULL CONSTRAINT allocations_host REFERENCES compute.hosts,
    vcpus      integer NOT NULL,
    ram_mb     integer NOT NULL,
    disk_gb    integer NOT NULL
);

CREATE INDEX allocations_by_host ON compute.allocations (host);

-- A limit of NULL is the default of compute/quotas; -1 is no limit. The used columns are counted by guarded updates in the
-- transaction that makes or ends a server.
CREATE TABLE compute.quotas (
    project_id       text PRIMARY KEY,
    instances_limit  integer,
    cores_limit      integer,
    ram_limit_mb     integer,
    instances_used   integer NOT NULL DEFAULT 0,
    cores_used       integer NOT NULL DEFAULT 0,
    ram_used_mb      bigint NOT NULL DEFAULT 0,
    CONSTRAINT quotas_limits CHECK (instances_limit >= -1 AND cores_limit >= -1 AND ram_limit_mb >= -1),
    CONSTRAINT quotas_used_positive CHECK (instances_used >= 0 AND cores_used >= 0 AND ram_used_mb >= 0)
);
