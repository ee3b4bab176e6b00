import { crc32, deflateSync, inflateSync } from "node:zlib";

/** Bytes of a pixel, by PNG's type of colour. */
const channels: Readonly<Record<number, number>> = { 2: 3, 6: 4 };
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const mostColours = 256;

interface Picture {
  readonly width: number;
  readonly height: number;
  /** A colour for each pixel, line by line: 0xRRGGBB. */
  readonly pixels: Uint32Array;
}

/**
 * The same picture in a fraction of the bytes: with at most 256 colours, which is what a window of text has but for the edges of its letters. What is transparent becomes opaque.
 *
 * @param png as browsers write it: eight bits a channel, not interlaced.
 */
export function smallPng(png: Uint8Array): Buffer {
  const picture = readPng(png);
  const palette = paletteOf(picture.pixels);
  return writePng(picture, palette);
}

export function readPng(png: Uint8Array): Picture {
  const bytes = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  if (!bytes.subarray(0, signature.length).equals(signature)) throw new Error("it is not a PNG");
  const parts: Buffer[] = [];
  let header: Buffer | undefined;
  let palette: Buffer | undefined;
  for (let at = signature.length; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString("latin1", at + 4, at + 8);
    const content = bytes.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") header = content;
    if (type === "PLTE") palette = content;
    if (type === "IDAT") parts.push(content);
    at += length + 12;
  }
  if (!header || header[8] !== 8 || header[12] !== 0) throw new Error("only PNGs of eight bits that are not interlaced can be read");
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const size = palette ? 1 : channels[header[9] ?? 0];
  if (size === undefined) throw new Error(`no PNG with colours of type ${header[9]} can be read`);
  const raw = unfiltered(inflateSync(Buffer.concat(parts)), width * size, height, size);
  const colourAt = (at: number): number => {
    const from = palette ?? raw;
    const start = palette ? (raw[at] ?? 0) * 3 : at;
    return ((from[start] ?? 0) << 16) | ((from[start + 1] ?? 0) << 8) | (from[start + 2] ?? 0);
  };
  return { width, height, pixels: Uint32Array.from({ length: width * height }, (_, pixel) => colourAt(pixel * size)) };
}

/** Lines as they were before each was told by its difference from its neighbours. */
function unfiltered(data: Buffer, stride: number, height: number, size: number): Buffer {
  const lines = Buffer.alloc(stride * height);
  for (let row = 0; row < height; row += 1) {
    const filter = data[row * (stride + 1)] ?? 0;
    const line = row * stride;
    for (let column = 0; column < stride; column += 1) {
      const left = column >= size ? (lines[line + column - size] ?? 0) : 0;
      const above = row > 0 ? (lines[line + column - stride] ?? 0) : 0;
      const corner = row > 0 && column >= size ? (lines[line + column - stride - size] ?? 0) : 0;
      lines[line + column] = (data[row * (stride + 1) + 1 + column] ?? 0) + foretold(filter, left, above, corner);
    }
  }
  return lines;
}

function foretold(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4: {
      const [p, q, r] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
      return p <= q && p <= r ? left : q <= r ? above : corner;
    }
    default:
      return 0;
  }
}

/** The most frequent colours, each further from the others than a distance that is as small as 256 of them allow. */
function paletteOf(pixels: Uint32Array): readonly number[] {
  const counts = new Map<number, number>();
  // Most pixels have the colour of the one before.
  let start = 0;
  for (let at = 1; at <= pixels.length; at += 1) {
    const colour = pixels[start] ?? 0;
    if (pixels[at] === colour) continue;
    counts.set(colour, (counts.get(colour) ?? 0) + at - start);
    start = at;
  }
  const colours = [...counts].toSorted(([a, x], [b, y]) => y - x || a - b).map(([colour]) => colour);
  for (let distance = 0; ; distance += 2) {
    const chosen: number[] = [];
    for (const colour of colours) {
      if (chosen.length > mostColours) break;
      if (chosen.every((other) => distanceBetween(colour, other) > distance)) chosen.push(colour);
    }
    if (chosen.length <= mostColours) return chosen;
  }
}

function distanceBetween(a: number, b: number): number {
  return Math.hypot((a >> 16) - (b >> 16), ((a >> 8) & 255) - ((b >> 8) & 255), (a & 255) - (b & 255));
}

function writePng({ width, height, pixels }: Picture, palette: readonly number[]): Buffer {
  const places = new Map<number, number>();
  const placeOf = (colour: number): number => {
    const known = places.get(colour);
    if (known !== undefined) return known;
    const distances = palette.map((other) => distanceBetween(colour, other));
    const nearest = distances.indexOf(Math.min(...distances));
    places.set(colour, nearest);
    return nearest;
  };
  const data = Buffer.alloc((width + 1) * height);
  let before = -1;
  let place = 0;
  for (let at = 0; at < pixels.length; at += 1) {
    const colour = pixels[at] ?? 0;
    if (colour !== before) place = placeOf(colour);
    before = colour;
    data[at + Math.floor(at / width) + 1] = place;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("PLTE", colours),
    chunk("IDAT", deflateSync(data, { level: 9, memLevel: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(content.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}
