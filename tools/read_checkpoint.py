#!/usr/bin/env python3
"""Prints a HiCaM checkpoint as JSON: an independent reader of docs/state-format.md.

It needs nothing but Python 3.8 and its standard library, and shows what `miman show --json` shows.
"""

import argparse
import json
import struct
import sys
import threading

MAGIC = b"HICAM\0"
VERSION = 1
# What lies deeper is shown as an ellipsis, as `miman show` does.
SHOWN_DEPTH = 100
HIDDEN = "…"


class Malformed(Exception):
    """The bytes are not what the format says."""


# ---- BLAKE3, which the standard library lacks ----

IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
MIXES = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
         (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))
CHUNK_START, CHUNK_END, PARENT, ROOT = 1, 2, 4, 8
M32 = 0xFFFFFFFF


def compress(chaining, words, counter, length, flags):
    """The compression function; answers the first eight words."""
    s = list(chaining) + list(IV[:4]) + [counter & M32, counter >> 32, length, flags]
    for turn in range(7):
        for at, (a, b, c, d) in enumerate(MIXES):
            for word, right, left in ((words[2 * at], 16, 12), (words[2 * at + 1], 8, 7)):
                s[a] = (s[a] + s[b] + word) & M32
                x = s[d] ^ s[a]
                s[d] = (x >> right | x << (32 - right)) & M32
                s[c] = (s[c] + s[d]) & M32
                x = s[b] ^ s[c]
                s[b] = (x >> left | x << (32 - left)) & M32
        if turn < 6:
            words = [words[place] for place in PERMUTATION]
    return [s[at] ^ s[at + 8] for at in range(8)]


def blake3(data):
    """The digest of 32 bytes."""
    chunks = max(1, (len(data) + 1023) // 1024)
    stack = []  # Chaining values of complete subtrees, the largest first.
    for number in range(chunks):
        chunk = data[1024 * number:1024 * number + 1024]
        blocks = max(1, (len(chunk) + 63) // 64)
        value = IV
        for at in range(blocks):
            block = chunk[64 * at:64 * at + 64]
            words = struct.unpack("<16I", bytes(block) + bytes(64 - len(block)))
            flags = (CHUNK_START if at == 0 else 0) | (CHUNK_END if at == blocks - 1 else 0)
            if chunks == 1 and at == blocks - 1:
                flags |= ROOT
            value = compress(value, words, number, len(block), flags)
        if number == chunks - 1:
            while stack:
                flags = PARENT | (ROOT if len(stack) == 1 else 0)
                value = compress(IV, stack.pop() + value, 0, 64, flags)
            return struct.pack("<8I", *value)
        complete = number + 1
        while complete % 2 == 0:
            value = compress(IV, stack.pop() + value, 0, 64, PARENT)
            complete //= 2
        stack.append(value)


# ---- reading ----

class Input:
    """Reads the conventions of the format from bytes."""

    def __init__(self, data):
        self.data = memoryview(data)
        self.at = 0

    def left(self):
        return len(self.data) - self.at

    def raw(self, length):
        if length > self.left():
            raise Malformed(f"{length} bytes are wanted where {self.left()} are left")
        self.at += length
        return self.data[self.at - length:self.at]

    def unsigned(self, size):
        return int.from_bytes(self.raw(size), "little")

    def signed(self, size):
        return int.from_bytes(self.raw(size), "little", signed=True)

    def u8(self):
        return self.unsigned(1)

    def u32(self):
        return self.unsigned(4)

    def u64(self):
        return self.unsigned(8)

    def count(self):
        """A length or count of at most the bytes that are left."""
        count = self.u32()
        return self.within(self.u64() if count == 0xFFFFFFFF else count)

    def within(self, count):
        if count > self.left():
            raise Malformed(f"a length of {count} where {self.left()} bytes are left")
        return count

    def bytes(self):
        return bytes(self.raw(self.count()))

    def string(self):
        return text(self.bytes())

    def list(self, read):
        return [read(self) for _ in range(self.count())]

    def record(self, read):
        """What follows the known fields is passed over."""
        return read(Input(self.raw(self.within(self.u64()))))

    def flag(self, what):
        byte = self.u8()
        if byte > 1:
            raise Malformed(f"{byte} is no {what}")
        return byte == 1

    def end(self):
        if self.left():
            raise Malformed(f"{self.left()} bytes follow the end")


def text(data):
    try:
        return bytes(data).decode()
    except UnicodeDecodeError as error:
        raise Malformed(f"not UTF-8: {error}") from error


# ---- types ----

PRIMITIVES = ("()", "bool", "char", "u8", "u16", "u32", "u64", "u128", "usize",
              "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "String")
SIZES = {"8": 1, "16": 2, "32": 4, "64": 8, "128": 16, "size": 8}


def read_type(data):
    """A type: its kind and what belongs to it."""
    tag = data.u8()
    if tag == 0:
        number = data.u8()
        if number >= len(PRIMITIVES):
            raise Malformed(f"{number} is no primitive type")
        return ("primitive", PRIMITIVES[number])
    if tag in (1, 2, 11, 12, 13):
        return ({1: "option", 2: "sequence", 11: "strong", 12: "weak", 13: "cell"}[tag], data.u32())
    if tag == 3:
        return ("set", data.u32(), data.flag("flag"))
    if tag == 4:
        return ("array", data.u32(), data.u64())
    if tag == 5:
        return ("map", data.u32(), data.u32(), data.flag("flag"))
    if tag == 6:
        return ("tuple", data.list(Input.u32))
    if tag == 7:
        return ("struct", data.string(), data.list(read_field))
    if tag == 8:
        name = data.string()
        return ("enum", name, data.list(lambda data: (data.string(), data.list(read_field))))
    if tag in (9, 10):
        return ({9: "serde", 10: "message"}[tag], data.string())
    raise Malformed(f"{tag} is no type")


def read_field(data):
    return (data.string(), data.u32())


# ---- values as JSON ----

class Viewer:
    """Walks one value, or the content of one object with its late parts."""

    def __init__(self, types, late=()):
        self.types = types
        self.late = list(late)
        self.cells = 0
        self.inner = 0
        self.depth = 0

    def whole(self, ty, data):
        data = Input(data)
        shown = self.view(ty, data)
        data.end()
        return shown

    def view(self, ty, data):
        if ty >= len(self.types):
            raise Malformed(f"there is no type {ty}")
        if self.depth >= 80_000:
            raise Malformed("values are nested too deep")
        self.depth += 1
        shown = getattr(self, self.types[ty][0])(self.types[ty], data)
        self.depth -= 1
        return shown if self.depth < SHOWN_DEPTH else HIDDEN

    def primitive(self, ty, data):
        name = ty[1]
        if name == "()":
            return None
        if name == "bool":
            return data.flag("bool")
        if name == "char":
            return scalar(data.u32())
        if name == "String":
            return data.string()
        if name == "f32":
            return single(data.raw(4))
        if name == "f64":
            return double(data.raw(8))
        size = SIZES[name[1:]]
        return number(data.unsigned(size) if name[0] == "u" else data.signed(size))

    def option(self, ty, data):
        return self.view(ty[1], data) if data.flag("option") else None

    def sequence(self, ty, data):
        return self.elements(ty[1], data.count(), data)

    def array(self, ty, data):
        if ty[2] > data.left():
            raise Malformed(f"an array of {ty[2]} where {data.left()} bytes are left")
        return self.elements(ty[1], ty[2], data)

    def set(self, ty, data):
        self.inner += not ty[2]
        shown = self.sequence(ty, data)
        self.inner -= not ty[2]
        return shown

    def map(self, ty, data):
        self.inner += not ty[3]
        entry = lambda: (self.view(ty[1], data), self.view(ty[2], data))
        entries = [self.element(entry, data) for _ in range(data.count())]
        self.inner -= not ty[3]
        return show_map(entries)

    def elements(self, ty, count, data):
        if self.types[ty] == ("primitive", "u8") if ty < len(self.types) else False:
            return show_bytes(data.raw(count))
        return [self.element(lambda: self.view(ty, data), data) for _ in range(count)]

    @staticmethod
    def element(read, data):
        start = data.at
        value = read()
        if data.at == start and data.u8() != 0:
            raise Malformed("an empty element is not followed by a zero")
        return value

    def tuple(self, ty, data):
        return [self.view(part, data) for part in ty[1]]

    def struct(self, ty, data):
        return self.fields(ty[2], data)

    def enum(self, ty, data):
        position = data.u32()
        if position >= len(ty[2]):
            raise Malformed(f"`{ty[1]}` has no variant number {position}")
        name, fields = ty[2][position]
        return {name: self.fields(fields, data)} if fields else name

    def fields(self, fields, data):
        if not fields or fields[0][0] != "0":
            return {name: self.view(ty, data) for name, ty in fields}
        shown = [self.view(ty, data) for _, ty in fields]
        return shown[0] if len(shown) == 1 else shown

    def serde(self, _, data):
        return Serde(data).view(self.depth)

    def message(self, _, data):
        return show_message(data.bytes())

    def strong(self, _, data):
        return {"#": data.u32()}

    def weak(self, _, data):
        number = data.u32()
        return {"weak #": number} if number else None

    def cell(self, ty, data):
        if self.inner == 0:
            cell = self.cells
            self.cells += 1
            if self.late and self.late[0]["cell"] == cell:
                part = self.late.pop(0)
                if part["position"] != data.at:
                    raise Malformed(f"cell {cell} is at {data.at}, its late part says {part['position']}")
                return Viewer(self.types).whole(part["type"], part["bytes"])
        self.inner += 1
        shown = self.view(ty[1], data)
        self.inner -= 1
        return shown


class Serde:
    """A value that describes itself."""

    def __init__(self, data):
        self.data = data
        self.names = []

    def name(self):
        number = self.data.u32()
        if number == len(self.names):
            self.names.append(self.data.string())
        elif number > len(self.names):
            raise Malformed(f"name {number} comes before name {len(self.names)}")
        return self.names[number]

    def view(self, depth):
        data, tag = self.data, self.data.u8()
        inner = lambda: self.view(depth + 1)
        if tag in (0, 2):
            return None
        if tag in (3, 4):
            return tag == 4
        if 5 <= tag <= 9:
            return number(data.unsigned(1 << tag - 5))
        if 10 <= tag <= 14:
            return number(data.signed(1 << tag - 10))
        if tag == 15:
            return single(data.raw(4))
        if tag == 16:
            return double(data.raw(8))
        if tag == 17:
            return scalar(data.u32())
        if tag == 18:
            return data.string()
        if tag == 19:
            return show_bytes(data.bytes())
        if tag == 23:
            return self.name()
        if tag == 1:
            shown = inner()
        elif tag == 20:
            shown = [inner() for _ in range(data.count())]
        elif tag == 21:
            shown = show_map([(inner(), inner()) for _ in range(data.count())])
        elif tag == 22:
            shown = {self.name(): inner() for _ in range(data.count())}
        elif tag == 24:
            shown = {self.name(): inner()}
        else:
            raise Malformed(f"{tag} is no serde value")
        return shown if depth <= SHOWN_DEPTH else HIDDEN


def scalar(value):
    if value > 0x10FFFF or 0xD800 <= value <= 0xDFFF:
        raise Malformed(f"{value} is no char")
    return chr(value)


def number(value):
    """What JSON readers cannot be trusted with is text."""
    return value if -(1 << 63) <= value < 1 << 64 else str(value)


def finite(value):
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "inf" if value > 0 else "-inf"
    return value


def double(data):
    return finite(struct.unpack("<d", data)[0])


def single(data):
    """With as few digits as tell it from other numbers of 32 bits."""
    value = struct.unpack("<f", data)[0]
    if isinstance(finite(value), str):
        return finite(value)
    for digits in range(1, 10):
        short = float(f"{value:.{digits}g}")
        try:
            if struct.pack("<f", short) == bytes(data):
                return short
        except OverflowError:
            pass
    return value


def show_bytes(data):
    try:
        return bytes(data).decode()
    except UnicodeDecodeError:
        return "0x" + bytes(data).hex()


def show_map(entries):
    """An object if all keys are text, numbers or bool; else pairs."""
    if not all(isinstance(key, (str, int, float)) for key, _ in entries):
        return [[key, value] for key, value in entries]
    plain = lambda key: key if isinstance(key, str) else json.dumps(key)
    return {plain(key): value for key, value in entries}


# ---- protobuf: what the wire format says ----

def show_message(data):
    shown = message(Input(data), 0)
    return "0x" + bytes(data).hex() if shown is None else shown


def message(data, depth):
    """The fields by number; none if it can be no message."""
    fields = {}
    while data.left():
        try:
            key = varint(data)
            kind = key & 7
            if not 0 < key >> 3 < 1 << 32:
                return None
            if kind == 0:
                value = varint(data)
                value -= (1 << 64) if value >> 63 else 0
            elif kind == 1:
                bits = data.raw(8)
                value = {"fixed64": int.from_bytes(bits, "little"), "double": double(bits)}
            elif kind == 2:
                value = delimited(data.raw(varint(data)), depth)
            elif kind == 5:
                bits = data.raw(4)
                value = {"fixed32": int.from_bytes(bits, "little"), "float": single(bits)}
            else:
                return None
        except Malformed:
            return None
        fields.setdefault(f"field {key >> 3}", []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}


def delimited(data, depth):
    """Text if it is printable, else a message if it can be one, else bytes."""
    try:
        shown = bytes(data).decode()
        control = lambda char: char < " " or "\x7f" <= char <= "\x9f"
        if not any(control(char) and char not in "\t\n\x0b\x0c\r\x85" for char in shown):
            return shown
    except UnicodeDecodeError:
        pass
    inner = message(Input(data), depth + 1) if depth < 32 else None
    return "0x" + bytes(data).hex() if inner is None else inner


def varint(data):
    value = 0
    for shift in range(0, 70, 7):
        byte = data.u8()
        if shift == 63 and byte & 0x7F > 1:
            break
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value
    raise Malformed("a varint of more than 64 bits")


# ---- the checkpoint ----

def read_sections(data, verify):
    if data[:6] != MAGIC:
        raise Malformed("this is no HiCaM checkpoint: it does not start with the magic number HICAM")
    version = int.from_bytes(data[6:8], "little")
    if version != VERSION:
        raise Malformed(f"the checkpoint has format version {version}, this reader knows version {VERSION}")
    if len(data) < 40 or verify and blake3(memoryview(data)[:-32]) != data[-32:]:
        raise Malformed("the checkpoint is damaged: its checksum does not match")
    sections, rest, last = {}, Input(memoryview(data)[8:-32]), 0
    while rest.left():
        number, flags, content = rest.u32(), rest.u32(), rest.raw(rest.u64())
        if number <= last:
            raise Malformed(f"section {number} comes after section {last}")
        if number > 8 and flags & 1:
            print(f"section {number} is not known to this reader and not shown", file=sys.stderr)
        sections[number], last = content, number
    missing = [number for number in range(1, 7) if number not in sections]
    if missing:
        raise Malformed(f"section {missing[0]} is missing")
    return sections


def in_section(content, read):
    data = Input(content)
    value = read(data)
    data.end()
    return value


class Checkpoint:
    """A whole checkpoint, shown as it is read."""

    def __init__(self, data, verify=True):
        sections = read_sections(data, verify)
        self.types = in_section(sections[2], lambda data: data.list(lambda data: data.record(read_type)))
        self.shown = in_section(sections[1], lambda data: data.record(self.header))
        self.shown["globals"] = in_section(sections[3], self.value)
        self.shown["threads"] = in_section(sections[4], lambda data: self.records(data, self.thread))
        self.shown["replies"] = in_section(sections[5], lambda data: self.records(data, self.reply))
        forgotten, clients = in_section(
            sections[6], lambda data: (data.u64(), self.records(data, self.client)))
        self.shown["clients"] = clients
        self.shown["clients_forgotten_after_ms"] = forgotten
        begun, tasks = in_section(sections[8], self.tasks) if 8 in sections else (0, [])
        self.shown["tasks_begun"] = begun
        self.shown["tasks"] = tasks
        if 7 in sections:
            self.shown["objects"] = in_section(sections[7], self.objects)

    @staticmethod
    def records(data, read):
        return data.list(lambda data: data.record(read))

    @staticmethod
    def header(data):
        return {
            "class": data.string(),
            "uuid": data.string(),
            "epoch": data.u64(),
            "sequence": data.u64(),
            "taken_unix_ms": data.u64(),
            "host": data.string(),
            "arch": data.string(),
            "schema_fingerprint": data.string(),
        }

    def value(self, data):
        return self.view(data.u32(), data.bytes())

    def view(self, ty, data, late=()):
        """The value, or what is wrong with it."""
        try:
            return Viewer(self.types, late).whole(ty, data)
        except Malformed as error:
            return {"error": str(error)}

    def thread(self, data):
        return {
            "client": data.string(),
            "request": data.u64(),
            "method": data.string(),
            "frames": self.records(data, self.frame),
        }

    def frame(self, data):
        function, point, file, line = data.string(), data.u32(), data.string(), data.u32()
        data.u64()  # The fingerprint, which is for who restores.
        shown = {"function": function, "point": point, "locals": {}}
        for name, value in self.records(data, lambda data: (data.string(), self.value(data))):
            unique, number = name, 1
            while unique in shown["locals"]:
                number += 1
                unique = f"{name} ({number})"
            shown["locals"][unique] = value
        if file:
            shown["at"] = f"{file}:{line}"
        branches = self.records(data, self.branch)
        if branches:
            shown["branches"] = branches
        if data.left():
            shown["point_name"] = data.string()
        return shown

    def branch(self, data):
        return {"branch": data.u32(), "frames": self.records(data, self.frame)}

    @staticmethod
    def reply(data):
        return {
            "client": data.string(),
            "request": data.u64(),
            "method": data.string(),
            "bytes": len(data.bytes()),
        }

    @staticmethod
    def client(data):
        return {"client": data.string(), "acked": data.u64(), "silent_ms": data.u64()}

    def tasks(self, data):
        return data.u64(), self.records(data, self.task)

    def task(self, data):
        shown = {"task": data.u64(), "function": data.string()}
        data.u64()  # The fingerprint, which is for who restores.
        state = data.u8()
        if state == 0:
            shown["frames"] = self.records(data, self.frame)
        elif state == 1:
            shown["returned"] = self.value(data)
        elif state == 2:
            shown["panicked"] = data.string()
        elif state == 3:
            shown["cancelled"] = True
        else:
            raise Malformed(f"{state} is no state of a task")
        return shown

    def objects(self, data):
        shown = {f"#{number + 1}": content for number, content in enumerate(data.list(self.object))}
        data.list(lambda data: data.list(lambda data: (data.u32(), data.u32())))  # The knots.
        return shown

    def object(self, data):
        ty, kind = data.u32(), data.u8()
        if kind > 2:
            raise Malformed(f"{kind} is no kind of object")
        content = data.bytes() if kind else None
        late = data.list(self.late_part) if kind == 2 else []
        return None if content is None else self.view(ty, content, late)

    @staticmethod
    def late_part(data):
        return {"cell": data.u32(), "position": data.u64(), "type": data.u32(), "bytes": data.bytes()}


def main():
    parser = argparse.ArgumentParser(description="Prints a HiCaM checkpoint as JSON.")
    parser.add_argument("file", help="the checkpoint; - for standard input")
    parser.add_argument("--unverified", action="store_true",
                        help="leave out the checksum, which takes Python some ten seconds a megabyte")
    options = parser.parse_args()
    try:
        with sys.stdin.buffer if options.file == "-" else open(options.file, "rb") as file:
            data = file.read()
        shown = Checkpoint(data, not options.unverified).shown
    except (Malformed, OSError) as error:
        print(f"error: {options.file}: {error}", file=sys.stderr)
        return 1
    json.dump(shown, sys.stdout, indent=2, ensure_ascii=False)
    print()
    return 0


def with_room():
    """Values may be nested deep: in a thread with a large stack."""
    outcome = [1]
    sys.setrecursionlimit(1_000_000)
    threading.stack_size(512 << 20)
    thread = threading.Thread(target=lambda: outcome.__setitem__(0, main()))
    thread.start()
    thread.join()
    return outcome[0]


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(with_room())
