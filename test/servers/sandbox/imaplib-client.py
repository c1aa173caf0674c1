"""Drives an IMAP server with Python's own client and prints what it saw as JSON: host port caFile user token mode."""
import imaplib
import json
import ssl
import sys

_, port, ca_file, user, token, mode = sys.argv
context = ssl.create_default_context(cafile=ca_file)
if mode == 'tls':
    client = imaplib.IMAP4_SSL('localhost', int(port), ssl_context=context)
else:
    client = imaplib.IMAP4('localhost', int(port))
    client.starttls(context)

seen = {}
try:
    client.login(user, 'a password')
except imaplib.IMAP4.error as error:
    seen['password'] = str(error)


def xoauth2(secret):
    return lambda challenge: f'user={user}\x01auth=Bearer {secret}\x01\x01'.encode()


try:
    client.authenticate('XOAUTH2', xoauth2('nonsense'))
except imaplib.IMAP4.error as error:
    seen['wrong token'] = str(error)
client.authenticate('XOAUTH2', xoauth2(token))
seen['capabilities'] = client.capability()[1][0].decode()
seen['folders'] = sorted(line.decode() for line in client.list()[1])

message = b'From: a@example.org\r\nTo: b@example.org\r\nSubject: one\r\nMessage-ID: <1@example.org>\r\n\r\nhello\r\n'
date = '"05-Mar-2017 01:02:03 +0100"'
seen['append'] = client.append('INBOX', '(\\Seen \\Flagged)', date, message)[1][0].decode()
client.append('INBOX', None, None, message.replace(b'one', b'two'))
client.create('INBOX/kept')
seen['select'] = client.select('INBOX')[1][0].decode()
seen['fetch'] = client.fetch('1', '(UID FLAGS INTERNALDATE)')[1][0].decode()
body = client.fetch('1', '(BODY.PEEK[])')[1][0]
seen['size'] = [len(body[1]), int(body[0].rsplit(b'{', 1)[1][:-1])]
seen['subject'] = b'Subject: one\r\n' in body[1] and body[1].endswith(b'\r\n\r\nhello\r\n')
seen['unseen'] = client.search(None, 'UNSEEN')[1][0].decode()
seen['found'] = client.uid('search', 'SUBJECT', 'one')[1][0].decode()
seen['store'] = client.store('2', '+FLAGS', '(\\Answered \\Deleted)')[1][0].decode()
client.copy('1', 'INBOX/kept')
seen['copyuid'] = client.response('COPYUID')[1][0].decode()
seen['expunged'] = [number.decode() for number in client.expunge()[1]]
seen['kept'] = client.status('INBOX/kept', '(MESSAGES)')[1][0].decode()
client.close()
seen['logout'] = client.logout()[0]
print(json.dumps(seen))
