import type { Benchmark } from "./benchmark.ts";
import { listBenchmark } from "./list-page.ts";

const conditions =
  "Then 200 changes, one after the other. Then 600 frames of scrolling, every third a leap to somewhere else. A page of its own for each, 1,280 × 800, in Chromium without a graphics card. " +
  "Heap is what the page's scripts hold after a collection, less what the empty window held.";

export const desktopInboxBenchmark: Benchmark = listBenchmark(
  { kind: "inbox", amount: 10_000, quick: 500 },
  {
    id: "desktop-inbox",
    title: "An inbox of 10,000 requests in the window",
    method: `10,000 requests come in one message, as a host tells them first. ${conditions} A change is a new request that is the most urgent of all, in place of one that was decided. Then a word is looked for that one request in a thousand has.`,
    why: "Two of three steps of this scrolling go a little further, and each third one leaps to where every row is new: those frames take two. A row has its icon, its kind, its age and its marks, and the whole window is drawn without a graphics card. No frame is longer than three.",
    what: "10,000 requests",
  },
);

export const desktopBoardBenchmark: Benchmark = listBenchmark(
  { kind: "board", amount: 5_000, quick: 500 },
  {
    id: "desktop-board",
    title: "A board of 5,000 issues in the window",
    method: `5,000 cards come in one message, two in five of them ideas, the others in every stage. ${conditions} A change is a run that comes to ask the owner, so that its card goes to the top. The fullest column is scrolled. Then a word is looked for that one issue in a thousand has.`,
    what: "5,000 issues",
  },
);

export const desktopTranscriptBenchmark: Benchmark = listBenchmark(
  { kind: "transcript", amount: 25_000, quick: 1_000 },
  {
    id: "desktop-transcript",
    title: "A transcript of 50 MB in the window",
    method: `25,000 entries, 50 MB of what an agent said, thought, ran, called and printed, come 500 at a time while the end is followed. ${conditions} A change is one more message at the end.`,
    why: "An entry is markdown, a command with its output, or a call with its arguments, and is read, made harmless and laid out when it comes into sight: the leaps of this scrolling bring ten new ones into one frame, which takes two. The longest frame while it comes was not looked into; most likely a message of 500 entries, a megabyte, is read in it.",
    what: "25,000 entries",
  },
);
