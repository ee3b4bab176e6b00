import { Kbd, Modal, Table } from "@mantine/core";
import { useHotkeys, type HotkeyItemOptions } from "@mantine/hooks";
import { createContext, useContext, useEffect, useState, type ReactElement, type ReactNode } from "react";
import { useSpeech } from "../i18n/language.tsx";

/** A key of a screen, and what it does, in the owner's language. */
export interface ScreenKey {
  /** As Mantine writes it: `j`, `shift+J`, `mod+Enter`. */
  readonly key: string;
  readonly what: string;
  readonly act: () => void;
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
  useHotkeys([...keys.map((key) => bound(key, false)), ...keys.map((key) => bound(key, true))], typedInto);
  const names = keys.map(({ key, what }) => `${key} ${what}`).join("\n");
  const register = registry?.register;
  useEffect(() => register?.(keys), [register, names]);
}

/** What is written into. Inputs are told apart by what they take: a switch that was clicked has the focus, and the screen's keys go on working. */
const typedInto = ["TEXTAREA", "SELECT"];
const pressed: readonly string[] = ["radio", "checkbox", "button", "submit"];

type Bound = [string, (event: KeyboardEvent) => void, HotkeyItemOptions];

function bound({ key, act }: ScreenKey, usePhysicalKeys: boolean): Bound {
  return [key, (event) => (!usePhysicalKeys || isOtherScript(event)) && actOn(event, act), { preventDefault: false, usePhysicalKeys }];
}

/** A keyboard that writes no Latin letters, such as a Russian one: what counts is where the key is. */
function isOtherScript(event: KeyboardEvent): boolean {
  return event.key.length === 1 && /\p{L}/u.test(event.key) && !/\p{Script=Latin}/u.test(event.key);
}

/** A dialog that lies over the screen takes every key, and what has the focus takes those that press it. */
function actOn(event: KeyboardEvent, act: () => void): void {
  const focused = event.target instanceof HTMLElement ? event.target : undefined;
  if (event.defaultPrevented || focused?.closest("[role=dialog]")) return;
  if (focused instanceof HTMLInputElement && (!pressed.includes(focused.type) || event.key === " " || event.key.startsWith("Arrow"))) return;
  if (["Enter", " "].includes(event.key) && !event.ctrlKey && !event.metaKey && focused?.closest("a, button, summary, [role=button]")) return;
  event.preventDefault();
  act();
}

/** Keys that do the same stand together. */
function byMeaning(keys: readonly ScreenKey[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { key, what } of keys) found.set(what, [...(found.get(what) ?? []).filter((known) => known !== key), key]);
  return found;
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
  const registry = useContext(KeysContext);
  useHotkeys([["shift+?", () => setOpened((before) => !before)]]);
  return (
    <Modal opened={opened} onClose={() => setOpened(false)} title={say("shell.keys")} size="sm" closeButtonProps={{ "aria-label": say("shell.close") }}>
      <Table withRowBorders={false} verticalSpacing={4}>
        <Table.Tbody>
          {[...byMeaning(registry?.shown ?? [])].map(([what, keys]) => (
            <Table.Tr key={what}>
              <Table.Td w={120}>
                {keys.map((key) => (
                  <Kbd key={key} mr={4}>
                    {spelled(key)}
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
