import { useEffect, useRef, useState } from "react";

/** Seconds in which what was decided can be taken back before anybody hears of it. */
const grace = 5;

interface Held<Word> {
  readonly word: Word;
  /** Seconds. */
  readonly left: number;
}

interface Grace<Word> {
  readonly held: Held<Word> | undefined;
  /** Holds `word` for five seconds; then it is sent. */
  readonly hold: (word: Word) => void;
  readonly takeBack: () => void;
}

/** Counts down before it sends. Whoever leaves the screen meanwhile has taken it back. */
export function useGrace<Word>(send: (word: Word) => void): Grace<Word> {
  const [held, setHeld] = useState<Held<Word>>();
  const latest = useRef(send);
  latest.current = send;
  useEffect(() => {
    if (!held) return undefined;
    const timer = setTimeout(() => {
      if (held.left > 1) return setHeld({ ...held, left: held.left - 1 });
      setHeld(undefined);
      latest.current(held.word);
    }, 1_000);
    return () => clearTimeout(timer);
  }, [held]);
  return { held, hold: (word) => setHeld({ word, left: grace }), takeBack: () => setHeld(undefined) };
}
