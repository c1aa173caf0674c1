"""Reads messages from standard input, one in base64 per line, and says of each in a line of JSON what Python's email
package finds in it: the fields of its header as they were written, unfolded, and its leaves in order, each with its type,
its name and what it holds, decoded; of a message within it the same again."""

import base64
import email
import email.policy
import email.utils
import hashlib
import json
import quopri
import re
import sys
import warnings

warnings.simplefilter('ignore')
sys.setrecursionlimit(10000)


def latin(text):
    """A value with one character for each byte that stood in the message."""
    return str(text).encode('ascii', 'surrogateescape').decode('latin-1')


def written(part, name):
    """The value of the first field of this name as it stands in the message; empty without one."""
    return next((latin(value) for key, value in part.raw_items() if key.lower() == name), '')


def fields(message):
    return [[name.lower(), latin(value).replace('\r', '').replace('\n', '')] for name, value in message.raw_items()]


def file_name(part):
    name = part.get_filename()
    if name is None:
        return None
    if isinstance(name, tuple):
        name = email.utils.collapse_rfc2231_value(name)
    return latin(name) if any(0xdc80 <= ord(each) <= 0xdcff for each in name) else name


# Files up to this length are given whole.
shown_bytes = 100_000
# Names that mail uses and Python does not know.
charsets = {'gb2312': 'gb18030', 'big5': 'big5hkscs', 'x-mac-cyrillic': 'mac-cyrillic', 'ks_c_5601-1987': 'cp949', 'x-gbk': 'gbk', 'unicode-1-1-utf-7': 'utf-7'}


def text_of(part, data):
    """None where the label is no charset that Python knows or the bytes are not of it."""
    charset = part.get_content_charset() or 'us-ascii'
    charset = charsets.get(charset, charset)
    try:
        return data.decode(charset)
    except (LookupError, UnicodeDecodeError, ValueError):
        return None


def decoded(part):
    """As Python does, but that blanks behind the encoding's name do no harm and base64 is read past what is none."""
    encoding = written(part, 'content-transfer-encoding').strip().lower()
    # What get_payload gives is read by the charset already.
    raw = part._payload.encode('ascii', 'surrogateescape') if isinstance(part._payload, str) else b''
    if encoding == 'quoted-printable':
        return quopri.decodestring(raw)
    if encoding != 'base64':
        return part.get_payload(decode=True) or b''
    try:
        return base64.b64decode(raw, validate=True)
    except ValueError:
        pieces = re.split(b'=+', re.sub(rb'[^A-Za-z0-9+/=]', b'', raw))
        return b''.join(base64.b64decode(piece[: len(piece) - (len(piece) % 4 == 1)] + b'=' * (-len(piece) % 4)) for piece in pieces)


def leaves(part, inside):
    kind = part.get_content_type()
    if part.is_multipart() and part.get_content_maintype() != 'message':
        for child in part.get_payload():
            yield from leaves(child, [*inside, kind])
        return
    leaf = {
        'inside': inside,
        'type': kind,
        'writtenType': written(part, 'content-type'),
        'name': file_name(part),
        'contentId': written(part, 'content-id').strip() or None,
        'disposition': part.get_content_disposition(),
        'encoding': written(part, 'content-transfer-encoding').strip().lower(),
        'charset': part.get_content_charset(),
    }
    if part.is_multipart():
        found = [facts(each) for each in part.get_payload()]
        encoded = part.get_payload(0).get_payload() if len(found) == 1 else None
        if len(found) == 1 and leaf['encoding'] in ('base64', 'quoted-printable') and not found[0]['fields'] and isinstance(encoded, str):
            # Python opens such a part before it is decoded.
            inner = encoded.encode('ascii', 'surrogateescape')
            data = base64.b64decode(inner) if leaf['encoding'] == 'base64' else quopri.decodestring(inner)
            found = [facts(email.message_from_bytes(data, policy=email.policy.compat32))]
        yield {**leaf, 'messages': [each for each in found if each['fields'] or any(one.get('sizeBytes') != 0 for one in each['leaves'])]}
        return
    data = decoded(part)
    text = text_of(part, data) if part.get_content_maintype() == 'text' else None
    yield {**leaf, 'sizeBytes': len(data), 'digest': hashlib.sha256(data).hexdigest(), 'latin': data.decode('latin-1') if text is not None or part.get_content_maintype() == 'text' or len(data) < shown_bytes else None, 'text': text}


def facts(message):
    beside = [text for part in message.walk() for text in (part.preamble, part.epilogue) if text]
    return {'fields': fields(message), 'leaves': list(leaves(message, [])), 'beside': [latin(text) for text in beside]}


def judged(data):
    try:
        return facts(email.message_from_bytes(data, policy=email.policy.compat32))
    except Exception as error:
        return {'error': repr(error)}


for line in sys.stdin:
    print(json.dumps(judged(base64.b64decode(line))))
