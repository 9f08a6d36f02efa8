#!/usr/bin/env bash
# What is run inside the machine, one step a call. Words go to stderr; the last line of stdout is JSON.
set -euo pipefail
cd /opt/drydock
scenario=${SCENARIO:-networking/dns-default-bridge}
start_timeout_s=7200
log=/var/log/drydock-start.log
pid_file=/run/drydock-start.pid

drydock() { node server/cli/entry.mjs "$@"; }

facts() {
  jq_free "$(. /etc/os-release && echo "$PRETTY_NAME")" "$(uname -r)" "$(stat -f -c %T /sys/fs/cgroup)" \
    "$(systemctl --version | head -n 1 | cut -d ' ' -f 2)" "$(docker version --format '{{.Server.Version}}')" \
    "$(runc --version | awk 'NR == 1 { print $3 }')" "$(cat /sys/module/apparmor/parameters/enabled)"
}

# A stock machine has no jq before `npm start` brings it.
jq_free() {
  printf '{"system":"%s","kernel":"%s","cgroup":"%s","systemd":"%s","engine":"%s","runc":"%s","apparmor":"%s"}\n' "$@"
}

doctor() {
  local code=0
  drydock doctor --json > /tmp/doctor.json || code=$?
  cat /tmp/doctor.json >&2
  tr -d '\n' < /tmp/doctor.json
  return "$code"
}

doctor-up() { doctor; }

start() {
  ! runs || return 0
  # An engine of the machine's own must not lose a rule by it.
  rules > /run/rules.before
  # As from a person's shell, whose job it stays when they log out.
  setsid node server/cli/entry.mjs start > "$log" 2>&1 < /dev/null &
  echo $! > "$pid_file"
  local ready=''
  for ((waited = 0; waited < start_timeout_s; waited += 2)); do
    ready=$(grep -s '^ready in' "$log" || true)
    [ -z "$ready" ] && runs || break
    sleep 2
  done
  cat "$log" >&2
  [ -n "$ready" ]
  printf '{"says":"%s"}\n' "$ready"
}

runs() { [ -e "$pid_file" ] && grep -q entry.mjs "/proc/$(cat "$pid_file")/cmdline" 2> /dev/null; }

rules() { iptables-save | grep -v '^#' | sed 's/\[.*\]//'; }

# The machine's own engine goes on as it was, its rules with it.
beside() {
  docker info --format '{{.ServerVersion}}: {{.Containers}} containers' >&2
  rules > /run/rules.after
  diff /run/rules.before /run/rules.after >&2
  node -e 'fetch("http://127.0.0.1:4400/api/health").then((answer) => answer.text()).then(console.log)'
}

lab() {
  drydock lab try "$scenario" --script "labs/$scenario/fix.sh" --json > /tmp/try.json
  cat /tmp/try.json >&2
  node -p 'const {scenario, solved, held, seconds} = JSON.parse(fs.readFileSync(0)); JSON.stringify({scenario, solved, held, seconds})' \
    < /tmp/try.json
}

prove() {
  local code=0
  # One lab at a time: emulated, two take from each other what a check has of time.
  drydock lab prove "$scenario" --parallel 1 --json > /tmp/prove.json || code=$?
  cat /tmp/prove.json >&2
  tr -d '\n' < /tmp/prove.json
  return "$code"
}

escape() {
  local code=0
  drydock escape --json ${ONLY:+--only "$ONLY"} > /tmp/escape.json || code=$?
  tr -d '\n' < /tmp/escape.json
  return "$code"
}

# Ends it as Ctrl-C does; nothing may stay but the state.
down() {
  ! runs || kill -INT -- "-$(cat "$pid_file")"
  for ((waited = 0; waited < 300; waited += 1)); do
    runs || break
    sleep 1
  done
  tail -n 5 "$log" >&2
  drydock lab down >&2
  ! grep drydock /proc/self/mountinfo >&2
  ! find /sys/fs/cgroup -name '*drydock*' -not -path '*system.slice*' | grep . >&2
  ! pgrep -af 'lab-host/main.ts|dockerd.*drydock' >&2
}

"$@"
