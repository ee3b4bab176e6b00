/** Numbers that only become more. They lie outside of the heap that is collected, so that millions of them cost neither pauses nor objects. */
export interface GrowingNumbers {
  readonly count: number;
  push(value: number): void;
  /** 0 where there is none. */
  at(index: number): number;
}

type NumberArray = Uint8Array | Uint16Array | Uint32Array | Float64Array;

const firstRoom = 1_024;

/** @param make the kind of number: what does not fit into it is cut as such arrays do. */
export function createGrowingNumbers(make: new (length: number) => NumberArray): GrowingNumbers {
  let values = new make(firstRoom);
  let count = 0;
  return {
    get count() {
      return count;
    },
    push(value) {
      if (count === values.length) {
        const larger = new make(values.length * 2);
        larger.set(values);
        values = larger;
      }
      values[count] = value;
      count += 1;
    },
    at: (index) => values[index] ?? 0,
  };
}

/** Short texts that only become more, as UTF-8 in large blocks: a log of 200 MB takes 200 MB, and nothing of the heap that is collected. */
export interface GrowingTexts {
  readonly count: number;
  /** @throws RangeError for a text that takes more than 65,535 bytes. */
  push(text: string): void;
  /** Empty where there is none. Half of a character that stands alone has become U+FFFD. */
  at(index: number): string;
}

const blockSize = 1_048_576;
const longestText = 65_535;

export function createGrowingTexts(): GrowingTexts {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const blocks: Uint8Array[] = [];
  const starts = createGrowingNumbers(Float64Array);
  const lengths = createGrowingNumbers(Uint16Array);
  let used = blockSize;

  /** Writes the text behind what is there; false where the block has no room for it. */
  const write = (text: string): boolean => {
    const block = blocks.at(-1);
    if (!block || used === blockSize) return false;
    const { read, written } = encoder.encodeInto(text, block.subarray(used));
    if (read < text.length) return false;
    if (written > longestText) throw new RangeError(`a text of ${written} bytes is longer than a line`);
    starts.push((blocks.length - 1) * blockSize + used);
    lengths.push(written);
    used += written;
    return true;
  };

  return {
    get count() {
      return starts.count;
    },
    push(text) {
      if (write(text)) return;
      blocks.push(new Uint8Array(blockSize));
      used = 0;
      if (!write(text)) throw new RangeError(`a text of ${text.length} characters is longer than a line`);
    },
    at(index) {
      const start = starts.at(index);
      const within = start % blockSize;
      return decoder.decode(blocks[Math.floor(start / blockSize)]?.subarray(within, within + lengths.at(index)));
    },
  };
}
