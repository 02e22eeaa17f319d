// Decides what the stand-in for stack.sh replays: phases, seconds and functions of a real run.
// Leaves the run itself to docs/devstack.md, which says at which commits and on what it was made.

export type RecordedPhase = {
  /** Words of the summary line. */
  title: string
  /** Until the next summary line. */
  seconds: number
  /** A function that was at work most of that time, as bash traces it. */
  at: string
}

/** 2026.1 (da2f4d73) on Debian 13, two cores, no KVM; 473 s in all. */
export const recorded: readonly RecordedPhase[] = [
  { title: 'Installing package prerequisites', seconds: 109.9, at: 'functions-common:apt_get:1207' },
  { title: 'Starting RabbitMQ', seconds: 29.5, at: 'lib/rpc_backend:restart_rpc_backend:86' },
  { title: 'Installing OpenStack project source', seconds: 159.6, at: 'inc/python:pip_install:205' },
  {
    title: 'Configuring and starting MySQL',
    seconds: 3.9,
    at: 'lib/databases/mysql:configure_database_mysql:97',
  },
  { title: 'Starting Keystone', seconds: 49.2, at: 'lib/keystone:create_keystone_accounts:321' },
  { title: 'Configuring Horizon', seconds: 20, at: 'lib/horizon:_horizon_config_set:50' },
  { title: 'Configuring Glance', seconds: 0.2, at: 'inc/async:async_runfunc:90' },
  { title: 'Configuring Neutron', seconds: 19.1, at: 'lib/neutron_plugins/ml2:populate_ml2_config:100' },
  { title: 'Configuring placement', seconds: 6.3, at: 'functions-common:get_or_add_user_project_role:900' },
  { title: 'Configuring Nova', seconds: 9.9, at: 'lib/nova:init_nova:771' },
  { title: 'Starting Nova API', seconds: 3, at: 'functions-common:_run_under_systemd:1645' },
  { title: 'Starting OVN services', seconds: 8.7, at: 'lib/neutron_plugins/ovn_agent:_start_ovs:640' },
  { title: 'Starting Neutron', seconds: 20.1, at: 'functions-common:_run_under_systemd:1645' },
  { title: 'Starting Placement', seconds: 3.1, at: 'functions-common:run_process:1670' },
  { title: 'Starting Nova', seconds: 7.6, at: 'functions-common:run_process:1670' },
  { title: 'Starting Glance', seconds: 2.9, at: 'functions-common:_run_under_systemd:1645' },
  { title: 'Uploading images', seconds: 0.1, at: 'lib/nova:create_flavors:1261' },
  { title: 'Starting Horizon', seconds: 15.8, at: 'functions-common:service_check:1760' },
]
