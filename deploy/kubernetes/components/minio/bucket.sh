#!/bin/sh
# Makes the bucket, and the account that the gateway uses it by. Run again it changes nothing. What is left of an upload
# to the store that was broken off, MinIO removes by itself after a day.
set -eu

secret() { cat "/run/secrets/$1"; }
gateway=$(secret minio_gateway_user)
mc alias set store http://minio:9000 "$(secret minio_root_user)" "$(secret minio_root_password)" >/dev/null

mc mb --ignore-existing store/relaypacs
mc admin policy create store relaypacs-files "${POLICY:-/policy.json}"
mc admin user add store "$gateway" "$(secret minio_gateway_password)"

# Attaching it once more is an error.
case "$(mc admin user info store "$gateway")" in
  *relaypacs-files*) ;;
  *) mc admin policy attach store relaypacs-files --user "$gateway" ;;
esac
