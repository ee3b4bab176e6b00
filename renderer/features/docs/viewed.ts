/** Which version of each document was viewed: `owner/name path` to the hash of the text. */
export type ViewedMarks = Readonly<Record<string, string>>;

export type ViewedState = "viewed" | "changed" | "unseen";

/** The marks as the host keeps them on this machine. */
export function viewedMarks(kept: readonly { readonly repository: string; readonly path: string; readonly hash: string }[]): ViewedMarks {
  return Object.fromEntries(kept.map(({ repository, path, hash }) => [keyOf(repository, path), hash]));
}

/** `changed`: it was viewed, and is another now. */
export function viewedState(marks: ViewedMarks, repository: string, document: { readonly path: string; readonly hash: string }): ViewedState {
  const mark = marks[keyOf(repository, document.path)];
  return mark === undefined ? "unseen" : mark === document.hash ? "viewed" : "changed";
}

function keyOf(repository: string, path: string): string {
  return `${repository} ${path}`;
}
