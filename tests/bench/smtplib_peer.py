#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""smtplib_peer.py: Python's smtplib, asked as job.hpp says."""
import smtplib
import ssl
import sys

tls, port, ca, path, count, recipients, login, *options = sys.argv[1:]
if options:
    sys.exit(69)
with open(path, 'rb') as file:
    mail = file.read()
to = [f'ops{i + 1}@example.org' for i in range(int(recipients))]
trust = ssl.create_default_context(cafile=ca)
if tls == 'implicit':
    smtp = smtplib.SMTP_SSL('localhost', int(port), 'mote17.example.org', context=trust)
else:
    smtp = smtplib.SMTP('localhost', int(port), 'mote17.example.org')
if tls == 'starttls':
    smtp.starttls(context=trust)
if login == 'login':
    smtp.ehlo_or_helo_if_needed()
    smtp.user, smtp.password = 'mote17', 'correct-horse'
    smtp.auth('PLAIN', smtp.auth_plain)
for _ in range(int(count)):
    smtp.sendmail('mote17@example.org', to, mail)
smtp.quit()
