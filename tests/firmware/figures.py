#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""figures.py BUILD_DIR update|check: the README's table of what the firmware took in QEMU.

Writes it anew, or says where it is no longer true. A network has its own pace, and with it the number
of turns of the loop: a figure is true while it is within 5 percent of what was measured.
"""
import pathlib
import re
import subprocess
import sys

BEGIN, END = "<!-- firmware: begin -->\n", "<!-- firmware: end -->\n"
TOLERANCE = 0.05
BOARDS = {"lm3s6965evb": "Cortex-M3", "mps2-an386": "Cortex-M4", "mps2-an500": "Cortex-M7"}


def figures(folder, board):
    """What run.sh has kept of three mails: {"1.3" | "1.2" | "rsa": {name: number}}."""
    mails = {"1.3": {}, "1.2": {}, "rsa": {}}
    for line in (folder / f"{board}.figures").read_text().splitlines():
        match = re.fullmatch(r"(?:(1\.2|rsa): )?([A-Za-z ]+) (\d+)", line)
        if match:
            mails[match[1] or "1.3"][match[2]] = int(match[3])
    return mails


def image(folder, board):
    """Octets of flash of the whole program."""
    said = subprocess.check_output(["arm-none-eabi-size", folder / f"{board}.elf"], text=True)
    text, data = said.splitlines()[1].split()[:2]
    return int(text) + int(data)


def table(folder):
    of = {board: figures(folder, board) for board in BOARDS}

    def row(name, cell):
        return f"| {name} | " + " | ".join(cell(board) for board in BOARDS) + " |\n"

    def most(board, what):
        return max(mail[what] for mail in of[board].values())

    def effort(mail, when):
        def cell(board):
            seen = of[board][mail]
            whole, longest = (
                seen[f"{what} {when}"] / 1e6 for what in ("instructions", "longest turn")
            )
            return f"{whole:.1f} million, {longest:.1f} in one turn"

        return cell

    return (
        row("instructions, one mail of 5 KB", lambda board: BOARDS[board])
        + "|---|---|---|---|\n"
        + row("TLS 1.3, P-256: until the connection is safe", effort("1.3", "until safe"))
        + row("the same, RSA-2048 and an intermediate", effort("rsa", "until safe"))
        + row("TLS 1.2, P-256: until the connection is safe", effort("1.2", "until safe"))
        + row("login, message and goodbye (TLS 1.3)", effort("1.3", "since safe"))
        + row("whole program, flash", lambda board: f"{image(folder, board) / 1024:.0f} KB")
        + row("static RAM", lambda board: f"{of[board]['rsa']['static RAM'] / 1024:.1f} KB")
        + row(
            "wolfSSL's heap at its fullest",
            lambda board: f"{most(board, 'fullest heap of wolfSSL') / 1024:.1f} KB",
        )
        + row(
            "stack at its deepest, wolfSSL and lwIP counted",
            lambda board: f"{most(board, 'deepest stack')} B",
        )
    )


def is_true(told, measured):
    """Whether two tables differ in their figures alone, and there by little."""
    number = r"\d+(?:\.\d+)?(?= (?:million|in|KB|B)\b)"
    if re.sub(number, "", told) != re.sub(number, "", measured):
        return False
    return all(
        abs(float(old) - float(new)) <= max(TOLERANCE * float(new), 0.1)
        for old, new in zip(re.findall(number, told), re.findall(number, measured))
    )


def main():
    folder, verb = pathlib.Path(sys.argv[1]) / "firmware", sys.argv[2]
    readme = pathlib.Path(__file__).resolve().parents[2] / "README.md"
    text = readme.read_text()
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    measured = table(folder)
    print(measured, end="")
    if verb == "update":
        readme.write_text(text[:begin] + measured + text[end:])
    elif not is_true(text[begin:end], measured):
        print("The README tells another story: make firmware-figures", file=sys.stderr)
        sys.exit(1)


main()
