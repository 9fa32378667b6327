"""MIT's GSSAPI as a peer: one JSON command per line, one JSON answer per line; bytes are hexadecimal."""

import json
import sys

import gssapi
from gssapi.raw import IOV, ChannelBindings, IOVBufferType, get_name_attribute, wrap_iov

context = None


mechanisms = {
    "krb5": "1.2.840.113554.1.2.2",
    "spnego": "1.3.6.1.5.5.2",
    "ntlmssp": "1.3.6.1.4.1.311.2.2.10",
}


def mechanism(command):
    return gssapi.OID.from_int_seq(mechanisms[command["mechanism"]])


def bindings(command):
    """As text, or as bytes."""
    text, data = command.get("bindings"), command.get("binding-bytes")
    given = text.encode() if text else bytes.fromhex(data) if data else None
    return ChannelBindings(application_data=given) if given else None


def initiate(command):
    global context
    kind = gssapi.NameType.kerberos_principal if "/" in command["target"] else gssapi.NameType.hostbased_service
    name = gssapi.Name(command["target"], kind)
    creds = None
    if "user" in command:
        user = gssapi.Name(command["user"], gssapi.NameType.user)
        creds = gssapi.Credentials(name=user, usage="initiate", mechs=[mechanism(command)])
    flags = gssapi.RequirementFlag.mutual_authentication | gssapi.RequirementFlag.confidentiality
    flags |= gssapi.RequirementFlag.integrity | gssapi.RequirementFlag.out_of_sequence_detection
    context = gssapi.SecurityContext(
        name=name,
        mech=mechanism(command),
        creds=creds,
        flags=flags,
        usage="initiate",
        channel_bindings=bindings(command),
    )
    return {}


def accept(command):
    global context
    creds = gssapi.Credentials(usage="accept", mechs=[mechanism(command)]) if "mechanism" in command else None
    context = gssapi.SecurityContext(usage="accept", creds=creds, channel_bindings=bindings(command))
    return {}


def step(command):
    token = context.step(bytes.fromhex(command["token"]) or None)
    return {"token": (token or b"").hex(), "complete": context.complete}


def seal(command):
    """TOKEN and DATA one after the other, as SSPI has them."""
    iov = IOV(IOVBufferType.header, bytes.fromhex(command["token"]), std_layout=False)
    wrap_iov(context, iov, confidential=True)
    return {"token": b"".join(part.value for part in iov).hex()}


def verify(command):
    context.verify_signature(bytes.fromhex(command["token"]), bytes.fromhex(command["signature"]))
    return {}


def sign_only(command):
    """A message that everybody may read."""
    return {"token": context.wrap(bytes.fromhex(command["token"]), False).message.hex()}


def unwrap_readable(command):
    """Opens a message that everybody may read, and no other."""
    opened = context.unwrap(bytes.fromhex(command["token"]))
    if opened.encrypted:
        raise ValueError("the message was encrypted")
    return {"token": opened.message.hex()}


def attribute(command):
    """What the client's ticket says of the client."""
    found = get_name_attribute(context.initiator_name, command["attribute"].encode())
    return {"token": found.values[0].hex(), "authenticated": found.authenticated}


commands = {
    "attribute": attribute,
    "initiate": initiate,
    "accept": accept,
    "step": step,
    "name": lambda _: {"name": str(context.initiator_name)},
    "sign": lambda command: {"token": context.get_signature(bytes.fromhex(command["token"])).hex()},
    "verify": verify,
    "wrap": lambda command: {"token": context.wrap(bytes.fromhex(command["token"]), True).message.hex()},
    "unwrap": lambda command: {"token": context.unwrap(bytes.fromhex(command["token"])).message.hex()},
    "seal": seal,
    "sign-only": sign_only,
    "unwrap-readable": unwrap_readable,
}

for line in sys.stdin:
    command = json.loads(line)
    try:
        answer = commands[command["command"]](command)
    except (gssapi.exceptions.GSSError, ValueError) as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
