#!/bin/sh
# Installs Debian packages. Their services start neither now nor with the system: only tests start them.
# DPKG_ROOT is the root folder of the system, as for Debian's own tools; empty for the running system.
set -u
root=${DPKG_ROOT:-}

# The services that start with the system, by name.
enabled() {
  {
    find "$root/etc/systemd/system" -path '*.wants/*.service' -exec basename {} .service \;
    find "$root/etc" -path '*/rc[2-5].d/S[0-9][0-9]*' -exec basename {} \; | cut -c4-
  } 2> /dev/null | sort -u
}

policy=$root/usr/sbin/policy-rc.d
if ! test -e "$policy"; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
fi

before=" $(enabled | tr '\n' ' ') "
apt-get install -y --no-install-recommends "$@"
code=$?
for service in $(enabled); do
  case $before in *" $service "*) continue ;; esac
  echo "disabled: $service"
  deb-systemd-helper disable "$service.service" > /dev/null 2>&1
  update-rc.d "$service" disable > /dev/null 2>&1
done
exit $code
