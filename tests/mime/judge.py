# SPDX-License-Identifier: BSL-1.0
"""What Python's email parser reads in a message: the strings and octets, and nothing of their form."""
import email
import email.header
import email.policy
import email.utils
import hashlib
import re


def parse(octets):
    if octets.split(b"\r\n\r\n", 1)[0].isascii():
        return email.message_from_bytes(octets, policy=email.policy.default)
    return email.message_from_string(octets.decode(), policy=email.policy.default)


def addresses(message, field):
    """Address and name. The parser keeps the blank between two encoded words of one name (CPython
    issue 79728), so that such names are read by its older one."""
    if message[field] is None:
        return []
    folded = next(value for name, value in message.raw_items() if name.lower() == field)
    plain = " ".join(str(folded).split("\r\n "))
    old = [name for name, _ in email.utils.getaddresses([plain])]
    return [
        (a.addr_spec, decoded(name) if name.count("=?") > 1 else a.display_name)
        for a, name in zip(message[field].addresses, old, strict=True)
    ]


def raw_value(message, field):
    """The field as it stands in the header: unfolded, its encoded words read, its blanks kept."""
    raw = next(value for name, value in message.raw_items() if name.lower() == field.lower())
    octets = str(raw).encode("utf-8", "surrogateescape").decode()
    return decoded(re.sub(r"\r?\n", "", octets))


def decoded(words):
    return str(email.header.make_header(email.header.decode_header(words)))


def ids(message, field):
    return [] if message[field] is None else str(message[field]).split()


def tree(part):
    """The types of a part and of its parts, as nested lists."""
    if part.is_multipart():
        return [part.get_content_type()] + [tree(inner) for inner in part.iter_parts()]
    return part.get_content_type()


def leaves(part):
    if not part.is_multipart():
        return [part]
    return [leaf for inner in part.iter_parts() for leaf in leaves(inner)]


def text_of(part):
    """A body text, whose lines end in LF here, without its last line end."""
    text = part.get_content().replace("\r\n", "\n")
    return text[:-1] if text.endswith("\n") else text


def file_of(part):
    """Name, type, disposition, Content-ID and digest."""
    octets = part.get_payload(decode=True)
    return (
        part.get_filename(""),
        part.get_content_type(),
        part.get_content_disposition(),
        str(part["Content-ID"] or ""),
        hashlib.sha256(octets).hexdigest(),
    )


def defects(part):
    found = list(part.defects)
    for _, value in part.items():
        found += getattr(value, "defects", ())
    for inner in part.iter_parts() if part.is_multipart() else ():
        found += defects(inner)
    return found
