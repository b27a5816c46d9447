#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""judge_alert.py FILE: whether a delivered mail is the thermostat's alert, octet by octet of what a
person would read."""
import email
import email.policy
import sys

MINUTES = 360


def main():
    with open(sys.argv[1], "rb") as file:
        mail = email.message_from_binary_file(file, policy=email.policy.default)
    body = mail.get_body(("plain",))
    files = list(mail.iter_attachments())
    csv = "minute,degrees\r\n" + "".join(
        f"{m - 1},{40 + m * m * 54 // (MINUTES * MINUTES)}\r\n" for m in range(1, MINUTES + 1)
    )
    assert mail["Subject"] == "Überhitzung: 94 °C", mail["Subject"]
    assert mail["From"] == '"Kessel 2" <mote17@example.test>' or (
        mail["From"].addresses[0].display_name == "Kessel 2"
        and mail["From"].addresses[0].addr_spec == "mote17@example.test"
    ), mail["From"]
    assert mail["Message-ID"].endswith("@mote17.example.test>"), mail["Message-ID"]
    assert mail["Date"].datetime.utcoffset().total_seconds() == 3600, mail["Date"]
    assert body.get_content() == "Kessel 2 ist zu heiß.\n", body.get_content()
    assert len(files) == 1 and files[0].get_filename() == "Kessel 2.csv", files
    assert files[0].get_content_type() == "text/csv"
    assert files[0].get_payload(decode=True) == csv.encode(), "another attachment"


main()
