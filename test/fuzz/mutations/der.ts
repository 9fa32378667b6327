import type { Mutation } from "./mutation.ts";

/** An element with a tag and a length; or bytes that have neither, whose tag is empty. */
interface Node {
  readonly tag: Buffer;
  readonly content: Buffer;
  readonly children: readonly Node[] | undefined;
}

interface Change {
  readonly node: Node;
  readonly length?: Buffer;
  readonly tag?: Buffer;
  readonly content?: Buffer;
  readonly times?: 0 | 2;
}

/** Another reading of an element's content: a message of its own. */
export type Inner = (content: Buffer) => readonly Mutation[];

const constructed = 0x20;

/**
 * Changes of every ASN.1 length of a message: too short, too long, up to the end of the surrounding element, in forms
 * that DER forbids and with more octets than a number has; of its tags; of elements, which are left out, doubled and
 * emptied. The elements around a changed one are adapted to it.
 */
export function derMutations(message: Buffer, inner: Inner): readonly Mutation[] {
  const nodes = nodesOf(message);
  if (!nodes) return [];
  const walk = (list: readonly Node[], path: string, room: number): Mutation[] =>
    list.flatMap((node, index) => {
      const name = `${path}${path === "" ? "" : "."}${index}`;
      const change = (what: string, one: Omit<Change, "node">): Mutation => ({
        what: `${name}: ${what}`,
        of: () => encodeAll(nodes, { node, ...one }),
      });
      const within = node.children
        ? walk(node.children, name, node.content.length)
        : inner(node.content).map(({ what, of }) => ({
            what: `${name} | ${what}`,
            of: () => encodeAll(nodes, { node, content: of() }),
          }));
      if (node.tag.length === 0) return within;
      return [
        ...lengthsOf(node, room, message.length).map((length) =>
          change(`length ${length.toString("hex")}`, { length }),
        ),
        ...tagsOf(node).map((tag) => change(`tag ${tag.toString("hex")}`, { tag })),
        change("left out", { times: 0 }),
        change("twice", { times: 2 }),
        change("empty", { content: Buffer.alloc(0) }),
        ...valuesOf(node).map((content) => change(`value ${content.toString("hex")}`, { content })),
        ...within,
      ];
    });
  return walk(nodes, "", message.length);
}

function lengthsOf({ content }: Node, room: number, whole: number): readonly Buffer[] {
  const real = content.length;
  const near = [0, real, room, whole].flatMap((mark) => [mark - 1, mark, mark + 1]).filter((value) => value >= 0);
  const encoded = [...new Set(near), 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff].map(lengthOctets);
  const plain = real.toString(16).padStart(2, "0");
  const forms = ["80", "ff", `81${plain.slice(-2)}`, `84${real.toString(16).padStart(8, "0")}`, "88ffffffffffffffff"];
  const odd = ["887fffffffffffffff", "880000000000000000", "8400000000", "85ffffffffff", "fe"];
  const all = [...encoded.map((one) => one.toString("hex")), ...forms, ...odd];
  return [...new Set(all)]
    .filter((hex) => hex !== lengthOctets(real).toString("hex"))
    .map((hex) => Buffer.from(hex, "hex"));
}

/** Values for a boolean, a number or a choice: an invalid one, and the ends of its signed and unsigned ranges. */
function valuesOf({ tag, content }: Node): readonly Buffer[] {
  if (![1, 2, 0x0a].includes(tag[0] as number)) return [];
  return ["00", "01", "04", "7f", "80", "ff", "7fffffff", "80000000", "00ffffffff", "ffffffffffffffffff"]
    .filter((hex) => hex !== content.toString("hex"))
    .map((hex) => Buffer.from(hex, "hex"));
}

function tagsOf({ tag }: Node): readonly Buffer[] {
  const first = tag[0] as number;
  return ["00", "04", "30", "a0", "1f", "ffffffff7f", (first ^ constructed).toString(16).padStart(2, "0")]
    .filter((hex) => hex !== tag.toString("hex"))
    .map((hex) => Buffer.from(hex, "hex"));
}

function lengthOctets(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const hex = length.toString(16);
  const digits = Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex");
  return Buffer.concat([Buffer.of(0x80 + digits.length), digits]);
}

export function encoded(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), lengthOctets(content.length), content]);
}

function encodeAll(nodes: readonly Node[], change: Change): Buffer {
  return Buffer.concat(nodes.map((node) => encodeOne(node, change)));
}

function encodeOne(node: Node, change: Change): Buffer {
  const changed = change.node === node ? change : undefined;
  const content = changed?.content ?? (node.children ? encodeAll(node.children, change) : node.content);
  if (node.tag.length === 0) return content;
  const one = Buffer.concat([changed?.tag ?? node.tag, changed?.length ?? lengthOctets(content.length), content]);
  return Buffer.concat(Array.from({ length: changed?.times ?? 1 }, () => one));
}

/** The elements of bytes; undefined where the first element is not whole. */
function nodesOf(bytes: Buffer): readonly Node[] | undefined {
  const nodes: Node[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const found = nodeOf(rest);
    if (!found) {
      if (nodes.length === 0) return undefined;
      nodes.push({ tag: Buffer.alloc(0), content: rest, children: undefined });
      break;
    }
    nodes.push(found.node);
    rest = rest.subarray(found.size);
  }
  return nodes;
}

function nodeOf(bytes: Buffer): { readonly node: Node; readonly size: number } | undefined {
  const [tag, length] = [bytes[0], bytes[1]];
  if (!tag || length === undefined || (tag & 0x1f) === 0x1f) return undefined;
  const more = length & 0x80 ? length & 0x7f : 0;
  if (more > 3 || length === 0x80 || bytes.length < 2 + more) return undefined;
  const size = more === 0 ? length : bytes.readUIntBE(2, more);
  const end = 2 + more + size;
  if (end > bytes.length) return undefined;
  const content = bytes.subarray(2 + more, end);
  const children = tag & constructed && size > 0 ? nodesOf(content) : undefined;
  return { node: { tag: bytes.subarray(0, 1), content, children }, size: end };
}
