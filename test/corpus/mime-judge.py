"""Reads messages from standard input, one in base64 per line, and says of each in a line of JSON what Python's email
package finds in it: subject, addresses, and for each leaf its type, its file name, its decoded size and digest."""

import base64
import email
import email.header
import email.policy
import email.utils
import hashlib
import json
import sys
import warnings

warnings.simplefilter('ignore')


def decoded(text):
    if text is None:
        return ''
    pieces = []
    for piece, charset in email.header.decode_header(text):
        if isinstance(piece, bytes):
            try:
                piece = piece.decode(charset or 'latin-1', 'replace')
            except LookupError:
                piece = piece.decode('latin-1')
        pieces.append(piece)
    return ''.join(pieces)


def file_name(part):
    name = part.get_filename()
    if name is None:
        return None
    if isinstance(name, tuple):
        name = email.utils.collapse_rfc2231_value(name)
    return decoded(name) if '=?' in name else name


def leaves(part):
    if part.is_multipart() and part.get_content_maintype() != 'message':
        for child in part.get_payload():
            yield from leaves(child)
        return
    if part.get_content_maintype() == 'message' and part.is_multipart():
        yield {'type': part.get_content_type(), 'name': file_name(part), 'size': None, 'digest': None}
        return
    data = part.get_payload(decode=True) or b''
    yield {
        'type': part.get_content_type(),
        'name': file_name(part),
        'size': len(data),
        'digest': hashlib.sha256(data).hexdigest(),
    }


def judged(data):
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    try:
        return {
            'subject': decoded(str(message['subject'])) if message['subject'] is not None else '',
            'from': [address for _, address in email.utils.getaddresses([str(v) for v in message.get_all('from', [])])],
            'to': [address for _, address in email.utils.getaddresses([str(v) for v in message.get_all('to', [])])],
            'cc': [address for _, address in email.utils.getaddresses([str(v) for v in message.get_all('cc', [])])],
            'leaves': list(leaves(message)),
        }
    except Exception as error:
        return {'error': repr(error)}


for line in sys.stdin:
    print(json.dumps(judged(base64.b64decode(line))))
