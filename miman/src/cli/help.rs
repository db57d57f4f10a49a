//! What `--help` says after the options: the output's columns, its JSON, and an example.

pub(super) const MAIN: &str = "\
Data goes to standard output (a table, or JSON with --json), everything else to standard error.
Exit status: 0 done; 1 it cannot be done as asked; 2 wrong usage; 75 it may be possible later, unchanged.

Example:
  miman up --hosts 2 --detach
  miman deploy target/release/bank --interval 1s
  miman migrate bank host2
  miman down";

pub(super) const UP: &str = "\
Stays in the foreground until SIGINT or SIGTERM, then ends the servers (each with a final checkpoint) and the hosts;
a second signal ends everything at once. With --etcd no name service is started.
Writes $HICAM_HOME/cluster.json, which the other commands find.

Output: one row a host, once all are up. HOST ADDRESS PID DIRECTORY
JSON, in one line: {etcd, hosts: [{host, address, directory, log, pid, started}], manager: {pid, started}}

Example:
  $ miman up --hosts alpha,beta
  HOST   ADDRESS                 PID    DIRECTORY
  alpha  http://127.0.0.1:40123  81234  /home/me/.hicam/hosts/alpha
  beta   http://127.0.0.1:40127  81240  /home/me/.hicam/hosts/beta";

pub(super) const DOWN: &str = "\
Output: one row a host. HOST OUTCOME (stopped, killed, was gone)
JSON: [{host, outcome}]

Example:
  $ miman down
  HOST   OUTCOME
  host1  stopped
  host2  stopped";

pub(super) const HOSTS: &str = "\
Output: one row a host. HOST STATE (up, silent) ARCH OS CORES LOAD FREE SERVERS (running/allowed) CLASSES ADDRESS
JSON: [{host, address, state, arch, os, cores, load, memory_free, capacity, servers, classes: [{class, hash}]}]

Example:
  $ miman hosts
  HOST   STATE  ARCH    OS     CORES  LOAD  FREE     SERVERS  CLASSES  ADDRESS
  host1  up     x86_64  linux  8      0.42  9.81GiB  1/32     bank     http://127.0.0.1:40123
  host2  up     x86_64  linux  8      0.42  9.81GiB  0/32     bank     http://127.0.0.1:40127";

pub(super) const DEPLOY: &str = "\
A directory given to --store is one of the checkpoint server's host; a relative one is made absolute here.
A host that has the binary is not sent it again, nor is one with another processor: the build for that is sent by
`miman install`.

Output: one row. SERVER UUID HOST ADDRESS EPOCH DURABILITY INTERVAL CHECKPOINTS
JSON: {server, uuid, host, address, epoch, durability, interval_ms,
       installed: {class, hash, bytes, hosts: [{host, outcome}]},
       checkpoint_server: {class, address, host, store, already_running}}

Example:
  $ miman deploy target/release/bank --interval 1s
  SERVER     UUID                                  HOST   ADDRESS                 EPOCH  DURABILITY  INTERVAL  CHECKPOINTS
  bank/main  6f1c4a0e-5f0e-4f4b-9d0a-1f2e3d4c5b6a  host1  http://127.0.0.1:40131  1      replies     1s        /home/me/.hicam/hosts/host2/checkpoints on host2";

pub(super) const INSTALL: &str = "\
A binary is for one kind of processor, and goes to the hosts that have it. One that is not for this machine's is asked
by the hosts what it is, so its class must be given.

Output: one row a host. CLASS HOST OUTCOME (uploaded, already there, other processor, unreachable) BYTES HASH
JSON: {class, hash, bytes, hosts: [{host, outcome}]}

Example:
  $ miman install target/release/bank
  CLASS  HOST   OUTCOME   BYTES    HASH
  bank   host1  uploaded  9.12MiB  1f0c27d4b8aa
  bank   host2  uploaded  9.12MiB  1f0c27d4b8aa
  $ miman install target/s390x-unknown-linux-gnu/release/bank --class bank";

pub(super) const START: &str = "\
Output: one row. SERVER UUID HOST ADDRESS EPOCH DURABILITY INTERVAL
JSON: {server, uuid, host, address, epoch, durability, interval_ms}

Example:
  $ miman start bank/second --host host2
  SERVER       UUID                                  HOST   ADDRESS                 EPOCH  DURABILITY  INTERVAL
  bank/second  0f6f3f3e-77a1-4f0e-8a57-c1f0f4b1e5aa  host2  http://127.0.0.1:40140  1      replies     1s";

pub(super) const CHECKPOINT_SERVER: &str = "\
Output: one row. CLASS HOST ADDRESS STORE WAS RUNNING
JSON: {class, address, host, store, already_running}

Example:
  $ miman checkpoint-server bank --host host1 --store /srv/checkpoints
  CLASS  HOST   ADDRESS                 STORE             WAS RUNNING
  bank   host1  http://127.0.0.1:40150  /srv/checkpoints  no";

pub(super) const STOP: &str = "\
Output: one row. SERVER UUID HOST EXIT FORGOTTEN
JSON: {server, uuid, host, exit, forgotten}

Example:
  $ miman stop bank/main
  SERVER     UUID                                  HOST   EXIT           FORGOTTEN
  bank/main  6f1c4a0e-5f0e-4f4b-9d0a-1f2e3d4c5b6a  host1  exit status 0  no";

pub(super) const SERVERS: &str = "\
PHASE is serving, withdrawn, standby, moved, stopping, fenced; silent: its process holds a lease but does not answer;
down: no process holds its execution token, so `miman restore` can continue it.
CHECKPOINT is the sequence number of the last stable one.

Output: one row a server. SERVER HOST EPOCH PHASE THREADS CHECKPOINT INTERVAL DURABILITY ADDRESS UUID
JSON: [{server, uuid, host, epoch, phase, address, threads, last_checkpoint, interval_ms, durability}];
      address, threads and last_checkpoint are null for a server that cannot be reached

Example:
  $ miman servers
  SERVER     HOST   EPOCH  PHASE    THREADS  CHECKPOINT  INTERVAL  DURABILITY  ADDRESS                 UUID
  bank/main  host1  1      serving  3        17          1s        replies     http://127.0.0.1:40131  6f1c4a0e-5f0e-4f4b-9d0a-1f2e3d4c5b6a";

pub(super) const THREADS: &str = "\
Output: one row a call. CLIENT REQUEST METHOD RUNNING STATE STACK (outermost function first)
JSON: [{client, request, method, running_ms, state, stack: [text]}]

Example:
  $ miman threads bank
  CLIENT                                REQUEST  METHOD             RUNNING   STATE    STACK
  9a0a3c0e-2f64-4b1a-bb0f-6b1a3f3a0d11  42       /bank.Bank/Settle  1204.0ms  running  settle (bank.rs:88) > apply (bank.rs:120)";

pub(super) const CHECKPOINT: &str = "\
PAUSE is for how long the server took no calls; STABLE is from the request until the checkpoint was stable.

Output: one row. SERVER SEQUENCE BYTES THREADS PAUSE STABLE
JSON: {server, uuid, sequence, bytes, threads, pause_us, stable_us}

Example:
  $ miman checkpoint bank
  SERVER     SEQUENCE  BYTES  THREADS  PAUSE  STABLE
  bank/main  18        20481  3        1.3ms  4.9ms";

pub(super) const CHECKPOINTS: &str = "\
Output: one row a checkpoint. SERVER SEQUENCE EPOCH BYTES THREADS AGE HOST ARCH CHECKSUM
JSON: [{server, uuid, sequence, epoch, bytes, threads, taken_unix_ms, host, arch, checksum, schema_fingerprint}]

Example:
  $ miman checkpoints bank
  SERVER     SEQUENCE  EPOCH  BYTES  THREADS  AGE  HOST   ARCH    CHECKSUM
  bank/main  17        1      20480  3        2s   host1  x86_64  0b5f2f5ad8e1
  bank/main  18        1      20481  3        1s   host1  x86_64  c2a1b7a4f00d";

pub(super) const SHOW: &str = "\
Output: JSON, with and without --json: the checkpoint's description, globals, and each thread's frames, outermost
first, with function, point (its name and file:line) and named locals.

Example:
  $ miman show bank 18 | jq '.threads[0].frames[0]'
  $ miman show bank 18 --save bank-18.checkpoint
  $ tools/read_checkpoint.py bank-18.checkpoint";

pub(super) const INTERVAL: &str = "\
Output: one row. SERVER INTERVAL
JSON: {server, uuid, interval_ms}; 0: off

Example:
  $ miman interval bank 500ms
  SERVER     INTERVAL
  bank/main  500ms";

pub(super) const UPGRADE: &str = "\
The binary is installed on every host whose processor it is for; the server moves into it as `miman migrate` would move it, on the host it is on or
another, and its clients notice nothing. A build that cannot go on with its state is refused, and the server stays in the one
it is in; `miman check` explains why.

Output and JSON: as of `miman migrate`.

Example:
  $ miman upgrade bank target/release/bank";

pub(super) const CHECK: &str = "\
Compares the types of the state, then has the binary take in the whole state without going on from it, so that every
call in progress is checked too. Exit status 1 if it does not fit.

Output: one row if it fits: CLASS CHECKPOINT CALLS OUTCOME; else one row for each obstacle: WHERE THIS_BUILD CAPTURED ADVICE
JSON: {class, server, sequence, fits, threads, differences: [{path, here, captured, advice}], problems: [text]}

Example:
  $ miman check target/release/bank bank/main@18
  WHERE                           THIS BUILD  CAPTURED       ADVICE
  Bank.accounts[value].overdraft  this field  no such field  give it `#[hicam(default)]`, or ...";

pub(super) const MIGRATE: &str = "\
PAUSE is for how long the server took no calls; QUIESCE, TRANSFER and COMMIT are its parts; TOTAL includes preparing
the destination. When a migration fails, the server goes on where it was.

Output: one row. SERVER FROM TO EPOCH BYTES THREADS PAUSE QUIESCE TRANSFER COMMIT TOTAL
JSON: {server, uuid, migration, from, to, address, epoch, bytes, threads, pause_us, quiesce_us, transfer_us, commit_us,
       total_us}

Example:
  $ miman migrate bank host2
  SERVER     FROM   TO     EPOCH  BYTES  THREADS  PAUSE   QUIESCE  TRANSFER  COMMIT  TOTAL
  bank/main  host1  host2  2      20481  3        12.4ms  0.9ms    6.1ms     4.2ms   140.3ms";

pub(super) const RESTORE: &str = "\
Refused while a process runs the server. A process that has just died holds its lease for some seconds more, which
this waits for.

Output: one row. SERVER UUID HOST ADDRESS EPOCH DURABILITY INTERVAL
JSON: {server, uuid, host, address, epoch, durability, interval_ms}

Example:
  $ miman restore bank --host host2
  SERVER     UUID                                  HOST   ADDRESS                 EPOCH  DURABILITY  INTERVAL
  bank/main  6f1c4a0e-5f0e-4f4b-9d0a-1f2e3d4c5b6a  host2  http://127.0.0.1:40160  3      replies     1s";

pub(super) const COMPLETIONS: &str = "\
Example:
  miman completions bash > ~/.local/share/bash-completion/completions/miman";

pub(super) const MAN: &str = "\
Example:
  miman man | man -l -
  miman man --dir ~/.local/share/man/man1";
