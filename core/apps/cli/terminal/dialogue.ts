/** One line of a menu. */
export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly hint?: string | undefined;
}

/** How the terminal talks with the owner. Everything shown is made inert first: texts of agents, issues and logs pass through here. */
export interface Dialogue {
  /** A heading, then the text, wrapped to the window. */
  say(text: string, heading?: string): void;
  /** A line that is part of a stream: cut at the window's edge instead of wrapped. */
  line(text: string): void;
  /** Undefined when the owner went back (Esc) or `signal` aborted. */
  choose<Value extends string>(question: string, choices: readonly Choice<Value>[], signal?: AbortSignal): Promise<Value | undefined>;
  /** What was written, trimmed and not empty; undefined when the owner went back. */
  write(question: string): Promise<string | undefined>;
  agree(question: string): Promise<boolean>;
  /** Shows a long text page by page. */
  read(title: string, text: string): Promise<void>;
  /** Resolves at the next key, or when `signal` aborts. */
  anyKey(signal: AbortSignal): Promise<void>;
  /** Ctrl-C was pressed: the terminal is to close. */
  readonly interrupted: boolean;
}
