import { Kbd, Modal, Table } from "@mantine/core";
import { getHotkeyHandler, useHotkeys, type HotkeyItemOptions } from "@mantine/hooks";
import { createContext, useContext, useEffect, useLayoutEffect, useRef, useState, type ReactElement, type ReactNode } from "react";
import { useSpeech } from "../i18n/language.tsx";

/** A key of a screen, and what it does, in the owner's language. */
export interface ScreenKey {
  /** As Mantine writes it: `j`, `shift+J`, `mod+Enter`. */
  readonly key: string;
  readonly what: string;
  /** Absent where it is for what has the focus to take the key: then it is only listed. */
  readonly act?: (() => void) | undefined;
}

interface Registry {
  readonly shown: readonly ScreenKey[];
  readonly register: (keys: readonly ScreenKey[]) => () => void;
}

const KeysContext = createContext<Registry | undefined>(undefined);

export function KeysProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const [shown, setShown] = useState<readonly ScreenKey[]>([]);
  const [register] = useState(() => (keys: readonly ScreenKey[]) => {
    setShown((before) => [...before, ...keys]);
    return () => setShown((before) => before.filter((key) => !keys.includes(key)));
  });
  return <KeysContext value={{ shown, register }}>{children}</KeysContext>;
}

/** Keys that work while the screen is shown and nobody is typing; `?` lists them. */
export function useScreenKeys(keys: readonly ScreenKey[]): void {
  const registry = useContext(KeysContext);
  useKeydown(getHotkeyHandler([...keys.flatMap((key) => bound(key, false)), ...keys.flatMap((key) => bound(key, true))]));
  const names = keys.map(({ key, what }) => `${key} ${what}`).join("\n");
  const register = registry?.register;
  const latest = useRef(keys);
  latest.current = keys;
  // What a key does changes with every drawing; the lists of keys only when their names do.
  useEffect(
    () => register?.(latest.current.map(({ key, what, act }, index) => ({ key, what, ...(act ? { act: () => latest.current[index]?.act?.() } : {}) }))),
    [register, names],
  );
}

/**
 * Listens from the moment that the screen is seen. (Mantine's `useHotkeys` listens a little later, when the browser has time: a key that was pressed at once was lost.)
 */
function useKeydown(handle: (event: KeyboardEvent) => void): void {
  const latest = useRef(handle);
  useLayoutEffect(() => {
    latest.current = handle;
  });
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent): void => latest.current(event);
    document.documentElement.addEventListener("keydown", listen);
    return () => document.documentElement.removeEventListener("keydown", listen);
  }, []);
}

/** Something that the screen which is shown can do now, and the keys that do it, as they stand on the keyboard. */
export interface ScreenAction {
  readonly what: string;
  readonly keys: readonly string[];
  readonly act: ScreenKey["act"];
}

/** What can be done on the screen as it stands. Keys that do the same are one action. */
export function useScreenActions(): readonly ScreenAction[] {
  const found = new Map<string, ScreenAction>();
  for (const { key, what, act } of useContext(KeysContext)?.shown ?? []) {
    const others = (found.get(what)?.keys ?? []).filter((known) => known !== spelled(key));
    found.set(what, { what: capitalised(what), keys: [...others, spelled(key)], act });
  }
  return [...found.values()];
}

/** Wherever it stands, it begins a line. */
function capitalised(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** What is written into. Inputs are told apart by what they take: a switch that was clicked has the focus, and the screen's keys go on working. */
const typedInto = ["TEXTAREA", "SELECT"];
const pressed: readonly string[] = ["radio", "checkbox", "button", "submit"];

type Bound = [string, (event: KeyboardEvent) => void, HotkeyItemOptions];

function bound({ key, act }: ScreenKey, usePhysicalKeys: boolean): Bound[] {
  return act ? [[key, (event) => (!usePhysicalKeys || isOtherScript(event)) && actOn(event, act), { preventDefault: false, usePhysicalKeys }]] : [];
}

/** A keyboard that writes no Latin letters, such as a Russian one: what counts is where the key is. */
function isOtherScript(event: KeyboardEvent): boolean {
  return event.key.length === 1 && /\p{L}/u.test(event.key) && !/\p{Script=Latin}/u.test(event.key);
}

/** A dialog that lies over the screen takes every key, and what has the focus takes those that press it. */
function actOn(event: KeyboardEvent, act: () => void): void {
  const focused = event.target instanceof HTMLElement ? event.target : undefined;
  if (event.defaultPrevented || focused?.closest("[role=dialog]") || focused?.isContentEditable || typedInto.includes(focused?.tagName ?? "")) return;
  if (focused instanceof HTMLInputElement && (!pressed.includes(focused.type) || event.key === " " || event.key.startsWith("Arrow"))) return;
  if (["Enter", " "].includes(event.key) && !event.ctrlKey && !event.metaKey && focused?.closest("a, button, summary, [role=button]")) return;
  event.preventDefault();
  act();
}

const signs: Readonly<Record<string, string>> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  Enter: "⏎",
  mod: "Ctrl",
  shift: "Shift",
};

/** A key as it stands on the keyboard. */
function spelled(key: string): string {
  return key
    .split("+")
    .map((part) => signs[part] ?? part)
    .join(" ");
}

/** The list of keys, opened by `?`. */
export function KeyHelp(): ReactElement {
  const { say } = useSpeech();
  const [opened, setOpened] = useState(false);
  const actions = useScreenActions();
  useHotkeys([["shift+?", () => setOpened((before) => !before)]]);
  return (
    <Modal opened={opened} onClose={() => setOpened(false)} title={say("shell.keys")} size="sm" closeButtonProps={{ "aria-label": say("shell.close") }}>
      <Table withRowBorders={false} verticalSpacing={4}>
        <Table.Tbody>
          {actions.map(({ what, keys }) => (
            <Table.Tr key={what}>
              <Table.Td w={120}>
                {keys.map((key) => (
                  <Kbd key={key} mr={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
              <Table.Td>{what}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
