"""What is printed once the desk is up."""

from __future__ import annotations

import json
from pathlib import Path

from shopdesk.launcher.terminal import welcome


def test_the_demo_prints_its_addresses_and_sign_ins(tmp_path: Path) -> None:
    people = [
        {"role": "owner", "email": "owner@shop.example", "password": "one"},
        {"role": "read_only", "email": "eye@shop.example", "password": "two"},
    ]
    (tmp_path / "demo-sign-ins.json").write_text(json.dumps(people))

    assert welcome("http://127.0.0.1:8000", var_dir=tmp_path, demo=True).split("\n") == [
        "",
        "ShopDesk is ready.",
        "  Desk for staff:     http://127.0.0.1:8000/admin/",
        "  Customers' account: http://127.0.0.1:8000/account/",
        "  Mails it sends:     http://127.0.0.1:8000/demo/mail/",
        "",
        f"  Sign-ins (made for this installation, also in {tmp_path}/demo-sign-ins.json):",
        "    owner      owner@shop.example  one",
        "    read_only  eye@shop.example    two",
        "",
        f"  Logs: {tmp_path}/log   Stop: Ctrl-C",
        "",
    ]


def test_outside_the_demo_no_sign_ins_are_printed(tmp_path: Path) -> None:
    (tmp_path / "demo-sign-ins.json").write_text("[]")

    assert "Sign-ins" not in welcome("http://127.0.0.1:8000", var_dir=tmp_path, demo=False)
