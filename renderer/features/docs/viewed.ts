/** Which version of each document was viewed: `owner/name path` to the hash of the text. */
export type ViewedMarks = Readonly<Record<string, string>>;

export type ViewedState = "viewed" | "changed" | "unseen";

/** Marks beyond this are forgotten, the oldest first. */
const mostMarks = 5_000;

/** `changed`: it was viewed, and is another now. */
export function viewedState(marks: ViewedMarks, repository: string, document: { readonly path: string; readonly hash: string }): ViewedState {
  const mark = marks[keyOf(repository, document.path)];
  return mark === undefined ? "unseen" : mark === document.hash ? "viewed" : "changed";
}

/** The marks with this version of the document viewed; or not viewed any more, if it was. */
export function toggleViewed(marks: ViewedMarks, repository: string, document: { readonly path: string; readonly hash: string }): ViewedMarks {
  const key = keyOf(repository, document.path);
  const others = Object.entries(marks).filter(([name]) => name !== key);
  if (viewedState(marks, repository, document) === "viewed") return Object.fromEntries(others);
  return Object.fromEntries([...others.slice(-(mostMarks - 1)), [key, document.hash]]);
}

/** Marks as they were kept; whatever cannot be read is none. */
export function readViewedMarks(text: string | undefined): ViewedMarks {
  try {
    const given: unknown = JSON.parse(text ?? "{}");
    if (typeof given !== "object" || given === null || Array.isArray(given)) return {};
    return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
  } catch {
    return {};
  }
}

function keyOf(repository: string, path: string): string {
  return `${repository} ${path}`;
}
