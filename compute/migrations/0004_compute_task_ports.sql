-- The port of a card that an attach_interface or detach_interface task is about, so that the task can take it back.
ALTER TABLE compute.tasks ADD COLUMN port_id uuid;
