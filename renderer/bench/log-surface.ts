export interface Search {
  readonly hits: number;
  /** Milliseconds. */
  readonly took: number;
}

/** Something that shows a log, as far as it is measured. */
export interface LogSurface {
  /** Takes lines in; resolves when it is ready for more. */
  append(lines: readonly string[]): Promise<void>;
  /** Shows the lines at this fraction of the whole, from 0 to 1. */
  scrollTo(fraction: number): void;
  /** Searches all lines for a word, until all hits are known; undefined where there is no search. */
  search(word: string): Promise<Search | undefined>;
  /** The text that is drawn now. */
  shown(): string;
}

/** @param follows whether the end stays in sight as lines come. */
export type OpenLog = (place: HTMLElement, lines: number, follows: boolean) => Promise<LogSurface>;
