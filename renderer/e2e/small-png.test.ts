import { crc32, deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPng, smallPng } from "./small-png.ts";

interface Drawn {
  readonly width: number;
  readonly colours: readonly number[];
}

const side = fc.integer({ min: 1, max: 12 });

/** Pictures whose colours come from a few. */
const drawn = (most: number): fc.Arbitrary<Drawn> =>
  fc
    .record({ width: side, height: side, few: fc.uniqueArray(fc.integer({ min: 0, max: 0xff_ff_ff }), { minLength: 1, maxLength: most }) })
    .chain(({ width, height, few }) =>
      fc.array(fc.constantFrom(...few), { minLength: width * height, maxLength: width * height }).map((colours) => ({ width, colours })),
    );

describe("a small PNG", () => {
  it("has every pixel as it was, whichever way its lines were told, where the colours are few", () => {
    fc.assert(
      fc.property(drawn(20), fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 12, maxLength: 12 }), fc.boolean(), (picture, filters, hasAlpha) => {
        const png = truecolour(picture, filters, hasAlpha);

        const small = readPng(smallPng(png));

        expect(small.width).toBe(picture.width);
        expect([...small.pixels]).toEqual(picture.colours);
      }),
    );
  });

  it("has at most 256 colours, each near to what it was", () => {
    const colours = Array.from({ length: 4_096 }, (_, index) => ((index & 15) << 20) | (((index >> 4) & 15) << 12) | ((index >> 8) << 4));

    const { pixels } = readPng(smallPng(truecolour({ width: 64, colours }, [0], false)));

    expect(new Set(pixels).size).toBeLessThanOrEqual(256);
    const off = colours.map((colour, index) => [16, 8, 0].map((shift) => Math.abs(((colour >> shift) & 255) - (((pixels[index] ?? 0) >> shift) & 255))));
    expect(Math.max(...off.flat())).toBeLessThan(64);
  });

  it("is not made of what is no PNG", () => {
    expect(() => smallPng(Buffer.from("GIF89a"))).toThrow("it is not a PNG");
  });
});

/** A PNG as a browser may write it: each line told by its difference from its neighbours, in one of five ways. */
function truecolour({ width, colours }: Drawn, filters: readonly number[], hasAlpha: boolean): Buffer {
  const size = hasAlpha ? 4 : 3;
  const height = colours.length / width;
  const bytes = colours.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255, ...(hasAlpha ? [255] : [])]);
  const at = (row: number, column: number): number => (row < 0 || column < 0 ? 0 : (bytes[row * width * size + column] ?? 0));
  const lines = Array.from({ length: height }, (_, row) => {
    const filter = filters[row % filters.length] ?? 0;
    const told = Array.from({ length: width * size }, (_unused, column) => {
      const [left, above, corner] = [at(row, column - size), at(row - 1, column), at(row - 1, column - size)];
      return at(row, column) - [0, left, above, Math.floor((left + above) / 2), nearest(left, above, corner)][filter]!;
    });
    return [filter, ...told.map((byte) => byte & 255)];
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, hasAlpha ? 6 : 2], 8);
  const parts = [part("IHDR", header), part("IDAT", deflateSync(Buffer.from(lines.flat()))), part("IEND", Buffer.alloc(0))];
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts]);
}

/** Paeth's: whichever of the three is nearest to left + above − corner. */
function nearest(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  return [left, above, corner].reduce((best, value) => (Math.abs(guess - value) < Math.abs(guess - best) ? value : best));
}

function part(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
