#!/bin/sh
# Makes the secrets of production.yaml, each a file in `secrets` beside this script, once: what is there is kept, and a
# second run does nothing. The folder is its owner's alone; the files are readable by all, as the users in the containers
# are others than here.
#
# The PACS is Orthanc in the same file. For another one, write its address into secrets/RELAYPACS_PACS afterwards:
# see RELAYPACS_PACS in docs/configuration.md.
set -eu

folder="${1:-$(dirname "$0")/secrets}"
if [ -e "$folder" ]; then
  echo "$folder is there already, and is kept." >&2
  exit 0
fi

random() { openssl rand -hex "$1"; }
made="$folder.new"
rm -rf "$made"
(umask 077 && mkdir "$made")
umask 022
write() { printf '%s' "$2" > "$made/$1" && chmod 0444 "$made/$1"; }

database=$(random 24)
redis=$(random 24)
objects=$(random 20)
pacs=$(random 24)

write RELAYPACS_SECRET_KEY "$(random 32)"
write RELAYPACS_ADMIN_PASSWORD "$(random 12)"
write RELAYPACS_METRICS_TOKEN "$(random 32)"
write RELAYPACS_DATABASE_URL "postgresql://relaypacs:$database@postgres:5432/relaypacs"
write RELAYPACS_REDIS_URL "redis://:$redis@redis:6379/0"
write RELAYPACS_STORAGE_URL "s3://relaypacs:$objects@relaypacs?endpoint=http://minio:9000&region=us-east-1&style=path"
write RELAYPACS_PACS "dicomweb+http://relaypacs:$pacs@orthanc:8042/dicom-web"

write postgres_password "$database"
write redis_users.acl "user default on >$redis ~* &* +@all
"
write redis_passwords.json "{\"redis://redis:6379\": \"$redis\"}"
write minio_root_user "root-$(random 8)"
write minio_root_password "$(random 24)"
write minio_gateway_user relaypacs
write minio_gateway_password "$objects"
write orthanc_users.json "{\"RegisteredUsers\": {\"relaypacs\": \"$pacs\"}}"
write grafana_admin_password "$(random 16)"

mv "$made" "$folder"
echo "Made $folder. Keep a copy of RELAYPACS_SECRET_KEY apart from the backups."
