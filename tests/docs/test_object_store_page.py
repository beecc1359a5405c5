"""What the operations page says of an object store is what the gateway does there."""

import json
import re

from tests.docs.pages import page

SECTION = page("docs/operations.md").text.partition("\n## Files in an object store\n")[2].partition("\n## ")[0]


def test_the_policy_and_the_lifecycle_rules_are_whole_and_let_no_file_expire() -> None:
    policy, lifecycle = (json.loads(block) for block in re.findall("```json\n(.*?)```", SECTION, re.DOTALL))
    objects, bucket = policy["Statement"]
    assert set(objects["Action"]) == {"s3:PutObject", "s3:GetObject", "s3:DeleteObject"}
    assert bucket["Action"] == "s3:ListBucket"
    days = {rule["Filter"]["Prefix"] for rule in lifecycle["Rules"] if "Days" in rule.get("Expiration", {})}
    assert days == {"relay/.probe/"}


def test_the_costs_add_up() -> None:
    rows = dict(re.findall(r"^\| (PUT|lists|GET|in all) \| (\d+) \|", SECTION, re.MULTILINE))
    counts = {name: int(count) for name, count in rows.items()}
    assert counts.pop("in all") == sum(counts.values())
    cents = (5 * (counts["PUT"] + counts["lists"]) + 0.4 * counts["GET"]) / 1e4
    assert f"{cents:.3f} cents: ${1000 * cents / 100:.2f} a day" in SECTION
