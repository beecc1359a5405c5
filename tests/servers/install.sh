#!/usr/bin/env bash
# Installs the servers that the tests start, where this may be done; otherwise says what is missing.
set -euo pipefail
missing=()
have() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ]; }
have Orthanc || missing+=(orthanc)
[ -n "$(find /usr/share/orthanc /usr/lib -name 'libOrthancDicomWeb.so*' 2>/dev/null | head -1)" ] || missing+=(orthanc-dicomweb)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
have redis-server || missing+=(redis-server)
have strace || missing+=(strace)
[ -n "$(find /usr/lib -name lmnsd_gtls.so 2>/dev/null | head -1)" ] || missing+=(rsyslog rsyslog-gnutls)
[ -d /usr/share/fonts/opentype/noto ] || missing+=(fonts-noto-core fonts-noto-cjk)
have promtool || missing+=(prometheus)
have chromium || missing+=(chromium)
have nginx || missing+=(nginx)
have caddy || missing+=(caddy)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -eq 0 ] && have apt-get; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # No service of theirs is to start here: the tests start their own.
  printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d.relaypacs && chmod +x /usr/sbin/policy-rc.d.relaypacs
  [ -e /usr/sbin/policy-rc.d ] || { mv /usr/sbin/policy-rc.d.relaypacs /usr/sbin/policy-rc.d; made=1; }
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  rm -f /usr/sbin/policy-rc.d.relaypacs; [ -z "${made:-}" ] || rm -f /usr/sbin/policy-rc.d
else
  echo "These tests are skipped until you install: ${missing[*]}"
fi
