#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""matrix.py COMPOSER: hundreds of messages, composed by mime_composer, and read back by two parsers
that nobody here wrote: Python's email package and Perl's MIME-tools. What went in must come out."""
import datetime
import hashlib
import pathlib
import re
import subprocess
import sys
import tempfile

import judge

AUTOMATIC, SEVEN_BIT, EIGHT_BIT, QUOTED, BASE64 = "01234"

SCRIPTS = {
    "latin": "Füße größer, Übermaß — naïve café ",
    "greek": "Θερμοκρασία υψηλή ",
    "cyrillic": "Перегрев котла номер два ",
    "hebrew": "חום גבוה מדי ",
    "arabic": "درجة حرارة عالية ",
    "chinese": "锅炉过热报警",
    "japanese": "ボイラーの温度が高い",
    "thai": "อุณหภูมิสูงเกินไป",
    "emoji": "🔥🌡️👩🏽‍🚒🚨",
    "mixed": "a🔥b é c 锅 d ",
}
ODD = ["=?utf-8?q?literal?=", " leading", "trailing ", "two  blanks", 'quotes " and \\', "a,b;c:d@e",
       "(comment)", "=", "?=", "_", "a=?b", "x" * 74, "x" * 75, "x" * 76, "x" * 77, "x" * 120, "x" * 801,
       "word " * 40 + "end", "ünd " * 3 + "x" * 200]


class Case:
    def __init__(self, name):
        self.name = name
        self.fields = {"from": ("mote17@example.org", "")}
        self.lists = {k: [] for k in ("to", "cc", "bcc", "reply_to")}
        self.references, self.headers, self.images, self.attachments = [], [], [], []
        self.limits = ("0", "0")
        self.replace = False
        self.text = self.html = self.expected_subject = None

    def lines(self):
        def hexed(*words):
            octets = [w if isinstance(w, bytes) else w.encode() for w in words]
            return " ".join(o.hex() or "-" for o in octets)

        yield "limits " + hexed(*self.limits)
        if self.replace:
            yield "replace"
        for key, words in self.fields.items():
            yield f"{key} " + hexed(*words)
        for key, many in self.lists.items():
            yield from (f"{key} " + hexed(*who) for who in many)
        yield from ("reference " + hexed(r) for r in self.references)
        yield from ("header " + hexed(*h) for h in self.headers)
        if self.text is not None:
            yield "text " + hexed(*self.text)
        if self.html is not None:
            yield "html " + hexed(*self.html)
        yield from ("image " + hexed(*p) for p in self.images)
        yield from ("attachment " + hexed(*p) for p in self.attachments)
        yield "end"


def with_subject(name, subject, **more):
    case = Case(name)
    case.fields["subject"] = (subject,)
    case.text = ("x\n", AUTOMATIC, "m")
    case.lists["to"] = [("ops@example.org", "")]
    for key, value in more.items():
        setattr(case, key, value)
    return case


def cases():
    for script, text in SCRIPTS.items():
        long = text * 12
        for length in list(range(1, 48)) + [60, 75, 90, 120]:
            yield with_subject(f"subject, {script}, {length}", long[:length].strip() or "x")
        for length in (1, 7, 20, 21, 22, 40, 61):
            case = with_subject(f"names, {script}, {length}", "s")
            name = long[:length].strip() or "x"
            case.fields["from"] = ("mote17@example.org", name)
            case.lists["to"] = [("ops@example.org", name), ("b@example.org", ""), ("c@example.org", name)]
            case.lists["cc"] = [("d@example.org", name)] * 3
            case.lists["bcc"] = [("hidden@example.org", name)]
            case.lists["reply_to"] = [("e@example.org", name)]
            case.fields["sender"] = ("f@example.org", name)
            case.headers = [("X-Site", name), ("X-Comment", long)]
            case.attachments = [(name + ".log", "text/plain", "", "log\n", AUTOMATIC, "m")]
            yield case
    for odd in ODD:
        yield with_subject(f"subject {odd[:20]!r} {len(odd)}", odd)
        case = with_subject(f"names {odd[:20]!r} {len(odd)}", "s")
        case.fields["from"] = ("mote17@example.org", odd)
        case.lists["to"] = [("a@example.org", odd), ("b@example.org", odd)]
        case.headers = [("X-Odd", odd)]
        case.attachments = [(odd, "application/x-odd", "", b"\0", AUTOMATIC, "m")]
        yield case
    for length in range(55, 100):  # around the fold, in words and in one piece
        yield with_subject(f"fold at {length}", ("ab " * 40)[:length].strip())
        case = with_subject(f"fold of lists at {length}", "x")
        local = "a" * (length - 52)
        case.lists["to"] = [(f"{local}@example.org", "N" * 5), (f"{local}@example.org", ""),
                            ("b@example.org", "Ops Team")]
        case.references = [f"{local}{i}@example.org" for i in range(4)]
        case.fields["id"] = (f"{local}@example.org",)
        case.fields["in_reply_to"] = (f"{local}3@example.org",)
        case.attachments = [("f" * length + ".csv", "text/csv", "", "1,2\n", AUTOMATIC, "m")]
        yield case
    for seconds in (0, 951827696, 1795530248, 4107542399, 253402300799 - 86400):
        for offset in (0, 60, -60, 330, -765, 840, 1439, -1439):
            if seconds + offset * 60 >= 0:
                case = with_subject(f"date {seconds} {offset}", "s")
                case.fields["date"] = (str(seconds), str(offset))
                yield case
    for seconds in range(1, 253402300799, 1267011503):  # two hundred, from 1970 to 9999
        case = with_subject(f"date {seconds}", "s")
        case.fields["date"] = (str(seconds), "0")
        yield case
    yield from bodies()
    yield from trees()


def bodies():
    texts = {
        "empty": "", "line": "one line", "lines": "one\ntwo\n", "crlf": "one\r\ntwo\r\n",
        "utf8": "zu heiß\nÜberhitzung\n", "chinese": "锅炉过热\n" * 9, "blanks": "a \nb\t\n \n c  ",
        "long": "x" * 2000 + "\n", "998": "x" * 998, "999": "x" * 999, "equals": "a=b=c\n=\n",
        "dots": ".\n..\n.x\n", "from": "From here\n", "lone cr": "a\rb\n", "nul": "a\0b",
        "boundary": "--=_1\n--=_\n--\n-- \nsignature\n", "boundary utf8": "--=_ü\n",
        "soft": ("ü" * 11 + " ") * 30, "end cr": "x\r", "76": ("é" + "y" * 73 + " " + "z" * 75 + "\n") * 3,
    }
    for name, text in texts.items():
        for encoding in (AUTOMATIC, EIGHT_BIT, QUOTED, BASE64):
            for eight_bit in "01":
                case = with_subject(f"text {name} {encoding} {eight_bit}", "s", limits=(eight_bit, "0"))
                case.text = (text, encoding, "m")
                yield case
                case = with_subject(f"both {name} {encoding} {eight_bit}", "s", limits=(eight_bit, "0"))
                case.text = (text, encoding, "m")
                case.html = ("<p>" + text, encoding, "m")
                case.attachments = [("a.bin", "application/octet-stream", "", text, encoding, "m")]
                if encoding == EIGHT_BIT:  # a text then, whose line ends are not kept
                    case.attachments = []
                yield case
        for kind in "su":
            if "\r" not in text:
                case = with_subject(f"source {name} {kind}", "s")
                case.text = (text.replace("\n", "\r\n"), AUTOMATIC, kind)
                yield case
    for length in list(range(0, 12)) + list(range(54, 61)) + [112, 113, 114, 115, 1000, 5000]:
        octets = bytes((i * 37 + 11) % 256 for i in range(length))
        readable = bytes(32 + i * 7 % 95 for i in range(length))
        for content in (octets, readable):
            for encoding in (AUTOMATIC, QUOTED, BASE64):
                case = with_subject(f"file {length} {encoding}", "s")
                case.attachments = [("a.bin", "application/octet-stream", "", content, encoding, kind)
                                    for kind in "msu"]
                yield case
    broken = {b"a\xff\xc3b": "a\ufffd\ufffdb", b"\xe2\x82": "\ufffd", b"\xf0\x9f\x94x\xed\xa0\x80":
              "\ufffdx\ufffd\ufffd\ufffd", b"\xc0\xafz": "\ufffd\ufffdz", b"ok": "ok"}
    for octets, text in broken.items():
        assert octets.decode("utf-8", "replace") == text
        for kind in "msu":
            case = with_subject(f"broken {octets!r} {kind}", octets, replace=True)
            case.expected_subject = text
            case.text = (octets, AUTOMATIC, kind)
            yield case


def trees():
    png = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    for text in (False, True):
        for html in (False, True):
            for images in range(3):
                for files in range(4):
                    for kind in "ms":
                        case = with_subject(f"tree {text} {html} {images} {files} {kind}", "s")
                        case.text = ("plain ü\r\n", AUTOMATIC, kind) if text else None
                        case.html = ("<p>ü</p>\r\n", AUTOMATIC, kind) if html else None
                        case.images = [(f"plot{i}.png", "image/png", f"plot{i}", png, AUTOMATIC, kind)
                                       for i in range(images)]
                        case.attachments = [(f"log{i}.gz", "application/gzip", "", png * i, AUTOMATIC, kind)
                                            for i in range(files)]
                        yield case
    for utf8 in "01":
        case = with_subject(f"raw headers {utf8}", "Überhitzung 🔥 " * 12, limits=("1", "1"))
        case.fields["subject"] = (case.fields["subject"][0].strip(),)
        case.lists["to"] = [("jürgen@exämple.org" if utf8 == "1" else "j@example.org", 'Jürgen "J" Ä.')]
        yield case


def expected_tree(case):
    text = "text/plain" if case.text is not None else None
    html = "text/html" if case.html is not None else None
    images = [p[1] for p in case.images]
    files = [p[1] for p in case.attachments]
    if html and images:
        html = ["multipart/related", html] + images
        images = []
    body = ["multipart/alternative", text, html] if text and html else text or html
    files = images + files
    if not files:
        return body or "text/plain"
    return ["multipart/mixed"] + ([body] if body else []) + files


def as_text(tree):
    """text/plain, or multipart/mixed(text/plain,text/csv)."""
    if isinstance(tree, str):
        return tree
    return f"{tree[0]}({','.join(map(as_text, tree[1:]))})"


def octets_of(text):
    return text if isinstance(text, bytes) else text.encode()


def body_text(content):
    text = octets_of(content[0]).decode("utf-8", "replace").replace("\r\n", "\n")
    return text[:-1] if text.endswith("\n") else text


def files_of(case):
    for disposition, parts in (("inline", case.images), ("attachment", case.attachments)):
        for name, type_, cid, octets, _, _ in parts:
            yield (name, type_, disposition, f"<{cid}>" if cid else "",
                   hashlib.sha256(octets_of(octets)).hexdigest())


def check_form(case, octets):
    """Law 8, and no octet that a server could refuse."""
    needs_utf8 = any(ord(c) > 127 for who in case.lists["to"] for c in who[0])
    assert octets.endswith(b"\r\n"), "no last line end"
    lines = octets[:-2].split(b"\r\n")
    for line in lines:
        assert b"\r" not in line and b"\n" not in line and b"\0" not in line, line
        assert len(line) <= 998, len(line)
    head = lines[:lines.index(b"")]
    for line in head:
        assert needs_utf8 or all(32 <= c < 127 for c in line), line
        value = line if line.startswith(b" ") else line.partition(b": ")[2]
        assert len(line) <= 78 or b" " not in value.strip(), line
        if b"=?utf-8?" in line:
            assert len(line) <= 76, line
            for word in re.findall(rb"=\?utf-8\?[bq]\?[^?]*\?=", line):
                assert len(word) <= 75, word
    if case.limits[0] == "0" and not needs_utf8:
        assert max(octets) < 128, "8-bit octets"


def needs_fallback(case):
    return any(not p[0].isascii() or len(p[0]) > 60 or "=?" in p[0] or p[0] != p[0].strip()
               for p in case.images + case.attachments)


def check_python(case, octets):
    message = judge.parse(octets)
    fields = case.fields
    # The ASCII form behind a name by RFC 2231 is meant to be ignored by who knows the latter.
    fallback = "duplicate parameter name; duplicate ignored"
    expected = [fallback] if needs_fallback(case) else []
    if case.name == "raw headers 1":
        expected += ["local-part contains non-ASCII characters)"]
    faults = [d for d in judge.defects(message) if str(d) not in expected]
    assert not faults, faults
    if "subject" in fields:
        subject = case.expected_subject or fields["subject"][0]
        # This parser takes the blanks off the ends of what it unfolds, encoded or not: the field is
        # decoded from its octets.
        assert judge.raw_value(message, "subject") == subject, (judge.raw_value(message, "subject"), subject)
    assert judge.addresses(message, "from") == [fields["from"]], judge.addresses(message, "from")
    for key in ("to", "cc", "reply_to"):
        found = judge.addresses(message, key.replace("_", "-"))
        assert found == case.lists[key], (key, found)
    assert message["bcc"] is None and b"hidden" not in octets
    if "sender" in fields:
        assert judge.addresses(message, "sender") == [fields["sender"]]
    if "date" in fields:
        seconds, offset = map(int, fields["date"])
        zone = datetime.timezone(datetime.timedelta(minutes=offset))
        assert message["date"].datetime.timestamp() == seconds, message["date"]
        assert message["date"].datetime.utcoffset() == zone.utcoffset(None), message["date"]
    if "id" in fields:
        assert str(message["message-id"]) == f"<{fields['id'][0]}>"
        assert judge.ids(message, "in-reply-to") == [f"<{fields['in_reply_to'][0]}>"]
        assert judge.ids(message, "references") == [f"<{r}>" for r in case.references]
    for name, value in case.headers:
        assert judge.raw_value(message, name) == value, (judge.raw_value(message, name), value)
    assert message["auto-submitted"] == "auto-generated"
    assert judge.tree(message) == expected_tree(case), judge.tree(message)
    leaves = judge.leaves(message)
    for content, type_ in ((case.text, "text/plain"), (case.html, "text/html")):
        if content is not None:
            leaf = leaves.pop(0)
            assert leaf.get_content_type() == type_
            assert judge.text_of(leaf) == body_text(content), (judge.text_of(leaf), body_text(content))
    # This parser takes the blanks off the ends of a file's name, too.
    files = [(name.strip(), *rest) for name, *rest in files_of(case)]
    if files:
        assert [judge.file_of(leaf) for leaf in leaves] == files, [judge.file_of(l) for l in leaves]


def check_perl(case, lines):
    """Lines: a word, and a string in hexadecimal."""
    found = [line.split(" ") for line in lines]
    said = {word: [bytes.fromhex(hexed).decode() for other, hexed in found if other == word]
            for word in ("subject", "from", "to", "name", "tree")}
    subject = case.expected_subject or case.fields.get("subject", ("",))[0]
    if isinstance(subject, str):
        assert said["subject"] == [subject], (said["subject"], subject)
    assert said["from"] == [case.fields["from"][1]], said["from"]
    assert said["to"] == [name for _, name in case.lists["to"]], (said["to"], case.lists["to"])
    assert said["tree"] == [as_text(expected_tree(case))], (said["tree"], expected_tree(case))
    files = [(name, digest) for name, _, _, _, digest in files_of(case)]
    digests = [hexed for word, hexed in found if word == "digest"]
    if files:
        assert list(zip(said["name"], digests)) == files, (said["name"], digests, files)


def main():
    composer = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    all_cases, passed, failed = list(cases()), 0, 0
    messages = []
    for case in all_cases:
        composer.stdin.write(("\n".join(case.lines()) + "\n").encode())
        composer.stdin.flush()
        size = composer.stdout.readline()
        if not size:
            sys.exit(f"not composed: {case.name}")
        messages.append(composer.stdout.read(int(size)))
    composer.stdin.close()
    composer.wait()

    with tempfile.TemporaryDirectory() as folder:
        for number, octets in enumerate(messages):
            pathlib.Path(folder, f"{number:05}").write_bytes(octets)
        dump = pathlib.Path(__file__).with_name("dump.pl")
        perl = subprocess.run(["perl", dump, folder], capture_output=True, check=True, text=True)
    dumps = [block.splitlines() for block in perl.stdout.split("message\n")[1:]]
    assert len(dumps) == len(all_cases), "a message was not read"

    for case, octets, dumped in zip(all_cases, messages, dumps):
        try:
            check_form(case, octets)
            check_python(case, octets)
            check_perl(case, dumped)
            passed += 1
        except (AssertionError, Exception) as wrong:  # a parser may stumble in any way
            failed += 1
            if failed <= 10:
                print(f"not ok - {case.name}: {type(wrong).__name__} {wrong}\n{octets[:1500].decode(errors='replace')}")
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
